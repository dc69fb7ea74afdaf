import type { ApiClass } from '../journal/events.ts';
import { apiSlo } from './api-slo.ts';
import type { Finding } from './finding.ts';
import { gatewayDeadline } from './gateway-deadline.ts';
import type { JournalView } from './journal-view.ts';
import { podStart } from './pod-start.ts';
import { few, holds, inconclusive, plural, violated } from './verdicts.ts';
import type { Within } from './windows.ts';

/** One step of the ramp, and what was seen of each limit in it. */
export interface RampStep {
  step: number;
  pods: number;
  dashboards: number;
  watchers: number;
  controllers: number;
  from: number;
  to: number;
  seq: number;
  findings: ReadonlyMap<string, Finding>;
}

const slo =
  (...classes: ApiClass[]) =>
  (view: JournalView, within: Within) =>
    apiSlo(view, { ...within, classes });

/** The limits, and what Kubernetes or the gateway promises. Lists are judged by pages: those of everything are too rare. */
export const LIMITS: readonly [name: string, judge: (view: JournalView, within: Within) => Finding][] = [
  ['reads of one object, p99', slo('get-pod')],
  ['writes of one object, p99', slo('create-configmap', 'delete-configmap')],
  ['pods through the gatekeeper, p99', slo('dry-run-pod')],
  ['lists, p99', slo('list-page')],
  ['any request, at most', (view, within) => gatewayDeadline(view, within)],
  ['start of a pod, p99', (view, within) => podStart(view, within)],
];

/** Where a limit broke: the first step from which on it was not kept any more. */
export interface Tipping {
  limit: string;
  /** Undefined when it was never broken. */
  at: RampStep | undefined;
  /** The step that was judged last before it broke, or the last of all. */
  finding: Finding | undefined;
  /** Why it is not known, when it was not broken: steps that nobody could see. */
  unknown: string | undefined;
}

export function rampSteps(view: JournalView): RampStep[] {
  return view.marks('ramp.step').flatMap((mark) => {
    const data = mark.data as Omit<RampStep, 'from' | 'to' | 'seq' | 'findings'>;
    const end = view.marks('ramp.step-ended').find((m) => m.data?.step === data.step);
    if (end === undefined) return [];
    const between = { from: mark.t, to: end.t, where: ` in step ${data.step} of the ramp` };
    const findings = new Map(LIMITS.map(([name, judge]) => [name, judge(view, { between })]));
    return [{ ...data, from: mark.t, to: end.t, seq: mark.seq, findings }];
  });
}

export function tippings(view: JournalView, steps = rampSteps(view)): Tipping[] {
  return LIMITS.map(([limit]) => {
    const said = (s: RampStep) => s.findings.get(limit)?.verdict;
    // One slow request in a small step is no tipping point: from there on it has to stay broken.
    const at = steps.find((s, i) => said(s) === 'violated' && steps.slice(i).every((later) => said(later) !== 'holds'));
    const hidden = steps.find((s) => said(s) === 'inconclusive');
    return {
      limit,
      at,
      finding: (at ?? steps.at(-1))?.findings.get(limit),
      // What broke first is known only if every step before it was seen.
      unknown:
        hidden !== undefined && (at === undefined || hidden.step < at.step)
          ? hidden.findings.get(limit)?.because
          : undefined,
    };
  });
}

/**
 * F1, F2: for each limit it is known at how many pods and clients it broke, or that it did not. Violated when one was
 * broken in the smallest step already: then nothing is known of how much the API bears. Measured: limits that broke.
 */
export function tippingPoints(view: JournalView): Finding {
  const marks = view.marks('ramp.step');
  if (marks.length === 0) return inconclusive('there was no ramp');
  const steps = rampSteps(view);
  const end = view.mark('ramp.ended');
  const evidence = [...marks, ...(end === undefined ? [] : [end])].map((m) => m.seq);
  if (end === undefined) return inconclusive(`the ramp was cut off in step ${marks.length}`, evidence);
  const gone = view.clients.find((c) => c.reason !== undefined && c.t <= (steps.at(-1)?.to ?? view.end));
  if (gone !== undefined)
    return inconclusive(`nobody loaded the API any more: ${gone.reason}`, [...evidence, gone.seq]);
  const all = tippings(view, steps);
  const broken = all.filter((t) => t.at !== undefined);
  const measured = { measured: broken.length, unit: 'limits' };
  const early = broken.filter((t) => t.at?.step === 1);
  if (early.length > 0) {
    const names = few(early.map((t) => `${t.limit}: ${t.finding?.because}`));
    return violated(`broken in the smallest step already: ${names}`, evidence, measured);
  }
  const unknown = all.find((t) => t.unknown !== undefined);
  if (unknown !== undefined) return inconclusive(`${unknown.limit}: ${unknown.unknown}`, evidence, measured);
  const where = broken.map(
    (t) => `${t.limit} at ${plural(t.at!.pods, 'pod')} and ${plural(t.at!.dashboards, 'dashboard')}`,
  );
  const text = where.length === 0 ? 'no limit broke' : few(where, 10);
  const last = `the ramp ended at ${plural(steps.at(-1)!.pods, 'pod')}: ${end.data?.reason}`;
  return holds(`${text}; ${last}`, evidence, measured);
}
