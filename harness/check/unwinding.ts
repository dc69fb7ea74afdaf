import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import type { Moment } from './object-index.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';
import { closing, opening, SKEW_SECONDS } from './windows.ts';

/** One step of the way back; `seconds` since the rules were deleted. */
export interface UnwindingStep extends Moment {
  step: StepName;
  seconds: number;
}

export type StepName =
  | 'first pod admitted'
  | 'gatekeeper pod created'
  | 'gatekeeper process started'
  | 'gatekeeper ready'
  | 'webhooks registered again'
  | 'gate enforcing';

/**
 * What cannot come before what. Being ready and registering webhooks have no order between them: the gatekeeper may
 * do either first.
 */
const ORDER: [StepName, StepName][] = [
  ['first pod admitted', 'gate enforcing'],
  ['gatekeeper pod created', 'gatekeeper process started'],
  ['gatekeeper process started', 'gatekeeper ready'],
  ['gatekeeper pod created', 'gatekeeper ready'],
  ['gatekeeper ready', 'gate enforcing'],
  ['webhooks registered again', 'gate enforcing'],
];

/** F14: after the rules were deleted the loop unwound, step by step, in a possible order and in time. Measured: seconds until the gate enforces. */
export function unwinding(view: JournalView, { withinSeconds = 180 }: { withinSeconds?: number } = {}): Finding {
  const deleted = opening(view);
  if (deleted === undefined) return neverReached(view, 'rules.deleted');
  const steps = unwindingSteps(view);
  const took = new Map(steps.map((s) => [s.step, s]));
  const evidence = [deleted.seq, ...steps.map((s) => s.seq)];
  const told = steps.map((s) => `${s.step} ${secs(s.seconds)}`).join(', ');
  const enforcing = took.get('gate enforcing');
  const limits = { limit: withinSeconds, unit: 's' };
  if (enforcing === undefined) {
    const waited = view.end - deleted.t;
    const so = told === '' ? 'nothing came back' : `so far ${told}`;
    if (waited > withinSeconds) {
      return violated(`the gate did not enforce again within ${secs(waited)}: ${so}`, evidence, {
        measured: waited,
        ...limits,
      });
    }
    return { ...neverReached(view, 'gate.enforcing', evidence), ...limits };
  }
  const measured = { measured: enforcing.seconds, ...limits };
  const swapped = ORDER.find(
    ([a, b]) => (took.get(a)?.t ?? 0) > (took.get(b)?.t ?? Number.POSITIVE_INFINITY) + SKEW_SECONDS,
  );
  if (swapped !== undefined)
    return violated(`"${swapped[1]}" came before "${swapped[0]}": ${told}`, evidence, measured);
  if (enforcing.seconds > withinSeconds) return violated(`it took longer than allowed: ${told}`, evidence, measured);
  const hidden = (['Pod', 'ValidatingWebhookConfiguration'] as const)
    .map((kind) => view.blind(kind, deleted.t, enforcing.t))
    .find((b) => b !== undefined);
  if (hidden !== undefined) return inconclusive(`the steps cannot be judged: ${hidden}`, evidence, measured);
  const missing = expectedSteps(view).find((s) => !took.has(s));
  if (missing !== undefined) return inconclusive(`"${missing}" was not seen: ${told}`, evidence, measured);
  return holds(told, evidence, measured);
}

/** Where no process was ever journalled (kind without container events), its start cannot be asked for. */
function expectedSteps(view: JournalView): StepName[] {
  const all = new Set(ORDER.flat());
  const fromProcesses = view.processes.some((p) => p.role === 'gatekeeper');
  if (!fromProcesses) all.delete('gatekeeper process started');
  return [...all];
}

/** The steps that the journal shows, in the order they happened; empty when the rules were never deleted. */
export function unwindingSteps(view: JournalView): UnwindingStep[] {
  const deleted = opening(view);
  if (deleted === undefined) return [];
  // By time, not by line: the node agent's lines come into the journal later than they happened.
  const after = (m: Moment) => m.t >= deleted.t;
  const enforcing = closing(view);
  const until = (enforcing?.t ?? Number.POSITIVE_INFINITY) + SKEW_SECONDS;
  const pods = view.podsOf('gatekeeper');
  const lines = pods.flatMap((p) => p.seen).filter(after);
  const processes = view.processes.filter((p) => after(p) && p.role === 'gatekeeper');
  const found: [StepName, Moment | undefined][] = [
    ['first pod admitted', firstAdmitted(view, deleted.t)],
    ['gatekeeper pod created', created(view, deleted.t)],
    ['gatekeeper process started', processes.find((p) => p.op === 'started')],
    ['gatekeeper ready', earliest(lines.filter((s) => s.state.ready && !s.state.deleting && s.op !== 'deleted'))],
    ['webhooks registered again', earliest(registered(view).filter((m) => after(m) && m.t <= until))],
    ['gate enforcing', enforcing],
  ];
  return found
    .flatMap(([step, m]) => (m === undefined ? [] : [{ step, seq: m.seq, t: m.t, seconds: m.t - deleted.t }]))
    .sort((a, b) => a.t - b.t || a.seq - b.seq);
}

/** Under starvation the pod was made before; then being given a node is what sets it going. */
function created(view: JournalView, from: number): Moment | undefined {
  const pods = view.podsOf('gatekeeper');
  const fresh = earliest(pods.flatMap((p) => (p.createdInSight && p.first.t >= from ? [p.first] : [])));
  if (fresh !== undefined) return fresh;
  return earliest(
    pods.flatMap((p) => {
      const waited = p.seen.some((s) => s.t < from && s.state.node === undefined && !s.state.deleting);
      const placed = p.seen.find((s) => s.state.node !== undefined);
      return waited && placed !== undefined && placed.t >= from ? [placed] : [];
    }),
  );
}

function firstAdmitted(view: JournalView, from: number): Moment | undefined {
  const probe = view.probes.find((p) => p.t >= from && p.answer === 'admitted');
  const pods: Moment[] = [];
  for (const pod of view.pods()) {
    // Pods without a role of ours may live in namespaces that the webhook never covered.
    if (pod.role !== undefined && pod.createdInSight && pod.first.t >= from) pods.push(pod.first);
  }
  return earliest(probe === undefined ? pods : [...pods, probe]);
}

/** Moments at which a webhook configuration that holds webhooks appeared or was filled. */
function registered(view: JournalView): Moment[] {
  const kinds = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;
  const gone = kinds.flatMap((kind) => view.objects(kind).filter((h) => h.seen.some((s) => s.op === 'deleted')));
  const names = new Set(gone.map((h) => `${h.kind}/${h.name}`));
  return kinds
    .flatMap((kind) => view.objects(kind))
    .filter((h) => names.has(`${h.kind}/${h.name}`))
    .flatMap((h) => h.seen.filter((s) => s.op !== 'deleted' && s.state.webhooks.length > 0));
}

function earliest(moments: readonly Moment[]): Moment | undefined {
  return moments.reduce<Moment | undefined>(
    (first, m) => (first === undefined || m.t < first.t ? m : first),
    undefined,
  );
}
