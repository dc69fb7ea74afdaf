import type { JournalView } from './journal-view.ts';

/** From `t` on, `ready` replicas can serve. */
export interface Step {
  seq: number;
  t: number;
  ready: number;
}

export interface Readiness {
  source: 'EndpointSlice' | 'Pod';
  steps: readonly Step[];
  /** Why it cannot be told; `steps` are then not to be trusted. */
  blind: string | undefined;
}

/** `namespace/name` of a Service, from any way of writing it: `ns/name`, `ns/name:port/path`, or a bare name with its namespace. */
export function serviceRef(service: string, ns = ''): string {
  const [first = '', second] = (service.split(':')[0] ?? '').split('/');
  return second === undefined ? `${ns}/${first}` : `${first}/${second}`;
}

/** Whether a rule, as the journal has it (`CREATE,DELETE pods,pods/ephemeralcontainers`), is about pods. */
export const ruleOnPods = (rule: string): boolean => /(?:^|[ ,])(?:pods|\*)(?:[/,]|$)/.test(rule);

/** The Services behind fail-closed webhooks on pods: those whose endpoints decide whether a pod can be made. */
export function gatekeeperServices(view: JournalView): Set<string> {
  const services = new Set<string>();
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const) {
    for (const line of view.objects(kind).flatMap((h) => h.seen)) {
      for (const webhook of line.state.webhooks) {
        const onPods = webhook.rules.some(ruleOnPods);
        if (onPods && webhook.failurePolicy === 'Fail') services.add(serviceRef(webhook.service));
      }
    }
  }
  return services;
}

/**
 * Ready replicas of a role over time. For the gatekeeper the EndpointSlices of its Service come first, because
 * they are what the API server can reach; its pods stand in where the slices were not watched.
 */
export function readiness(view: JournalView, from: number, to: number, role = 'gatekeeper'): Readiness {
  const slices = role === 'gatekeeper' ? sliceSteps(view, gatekeeperServices(view)) : [];
  if (slices.length > 0 && view.blind('EndpointSlice', from, to) === undefined) {
    return { source: 'EndpointSlice', steps: slices, blind: undefined };
  }
  const steps = podSteps(view, role);
  const none = steps.length === 0 ? `no ${role} pod was ever seen` : undefined;
  return { source: 'Pod', steps, blind: view.blind('Pod', from, to) ?? none };
}

/** Ready endpoints of some Services over time. */
export function sliceSteps(view: JournalView, services: ReadonlySet<string>): Step[] {
  const lines = view
    .objects('EndpointSlice')
    .flatMap((h) => h.seen)
    .filter((s) => services.has(serviceRef(s.state.service, s.ns)));
  return accumulate(lines.map((s) => ({ ...s, ready: s.op === 'deleted' ? 0 : s.state.ready })));
}

function podSteps(view: JournalView, role: string): Step[] {
  const lines = view.podsOf(role).flatMap((p) => p.seen);
  const serves = (s: (typeof lines)[number]) => s.op !== 'deleted' && s.state.ready && !s.state.deleting;
  return accumulate(lines.map((s) => ({ ...s, ready: serves(s) ? 1 : 0 })));
}

function accumulate(changes: { seq: number; t: number; uid: string; ready: number }[]): Step[] {
  const byObject = new Map<string, number>();
  const steps: Step[] = [];
  let total = 0;
  for (const { seq, t, uid, ready } of changes.sort((a, b) => a.seq - b.seq)) {
    total += ready - (byObject.get(uid) ?? 0);
    byObject.set(uid, ready);
    if (steps.at(-1)?.ready !== total) steps.push({ seq, t, ready: total });
  }
  return steps;
}

/** The step in force at a time. */
export function readyAt(steps: readonly Step[], t: number): Step | undefined {
  return steps.findLast((s) => s.t <= t);
}

/** The lowest step in force at any time in an interval, the one at its start included. */
export function lowest(steps: readonly Step[], from: number, to: number): Step | undefined {
  const start = readyAt(steps, from);
  const inside = steps.filter((s) => s.t > from && s.t <= to);
  return [...(start === undefined ? [] : [start]), ...inside].reduce<Step | undefined>(
    (low, s) => (low === undefined || s.ready < low.ready ? s : low),
    undefined,
  );
}

/** The first time in an interval that nothing was ready. */
export function firstZero(steps: readonly Step[], from: number, to: number): Step | undefined {
  const start = readyAt(steps, from);
  if (start?.ready === 0) return start;
  return steps.find((s) => s.t > from && s.t <= to && s.ready === 0);
}

/** Seconds with nothing ready, after something was ready for the first time. */
export function outageSeconds(steps: readonly Step[], end: number): number {
  const born = steps.findIndex((s) => s.ready > 0);
  return born < 0 ? 0 : zeroSeconds(steps.slice(born), end);
}

/** Seconds with nothing ready from the first step to the end. */
export function zeroSeconds(steps: readonly Step[], end: number): number {
  return steps.reduce((sum, step, i, rest) => {
    const until = Math.min(rest[i + 1]?.t ?? end, end);
    return step.ready === 0 && until > step.t ? sum + until - step.t : sum;
  }, 0);
}
