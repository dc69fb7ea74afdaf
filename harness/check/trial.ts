import type { ProbeAnswered } from '../journal/events.ts';
import type { Finding } from './finding.ts';
import type { JournalView, Line } from './journal-view.ts';
import { lowest, outageSeconds, readiness } from './readiness.ts';
import { countRefusals, refusals } from './refusals.ts';
import { holds, inconclusive, neverReached, secs, toMs } from './verdicts.ts';

/**
 * What became of the cluster in one trial (F16), as somebody who wants to run pods sees it. `fell`: at the end, with the
 * trigger gone, good pods are still refused, or bad ones admitted. `limped`: it was so for a while. `stood`: never.
 */
export type Fate = 'fell' | 'limped' | 'stood';

export interface Trial {
  fate: Fate;
  /** Seconds in which good pods were refused for want of the webhook, and in which violating ones were admitted. */
  closedSeconds: number;
  exposureSeconds: number;
  /** Violating pods that were really made in that time. */
  violatingPodsAdmitted: number;
  refusedRequests: number;
  /** Controllers and people that could not go on with an ordinary change. */
  blockedRollouts: number;
  outageSeconds: number;
  minReadyReplicas: number;
  /** The slowest answer that somebody who asked for a pod got. */
  slowestRequestSeconds: number;
  evidence: number[];
}

/** The moments between which the trial was watched; the last answers before `to` decide on the fate. */
interface Window {
  from: number;
  removed: number;
  to: number;
  seqs: number[];
}

/** How long the end is: the last probes of each kind in it decide. */
const END_SECONDS = 3;

/** F16: the instruments saw the whole trial, so that its fate can be told. Measured: the fate. */
export function trialInSight(view: JournalView): Finding {
  const found = trial(view);
  if ('why' in found)
    return found.seqs.length === 0 ? neverReached(view, 'hold.ended') : inconclusive(found.why, found.seqs);
  const { fate, closedSeconds, exposureSeconds, evidence } = found;
  const words = `closed for ${secs(closedSeconds)}, open for ${secs(exposureSeconds)}`;
  return holds(`the cluster ${fate}: ${words}`, evidence, { measured: fate });
}

/** The numbers of a trial, or why they cannot be told. */
export function trial(view: JournalView): Trial | { why: string; seqs: number[] } {
  const window = windowOf(view);
  if (window === undefined) return { why: 'the trial was not made to its end', seqs: [] };
  const { from, to, seqs } = window;
  const blind = (['Pod', 'EndpointSlice', 'Event'] as const).map((kind) => view.blind(kind, from, to)).find(Boolean);
  if (blind !== undefined) return { why: `the trial was not in sight: ${blind}`, seqs };
  const asked = view.probes.filter((p) => p.t >= from && p.t - p.seconds <= to);
  const good = asked.filter((p) => p.subject === 'good');
  const bad = asked.filter((p) => p.subject === 'violating');
  const [lastGood, lastBad] = [good, bad].map((list) => list.findLast((p) => p.answer !== 'error' && p.t <= to));
  if (
    lastGood === undefined ||
    lastBad === undefined ||
    Math.min(lastGood.t, lastBad.t) < to - END_SECONDS - lastGood.seconds
  )
    return { why: 'nobody was answered at the end of the trial', seqs };
  const { steps, blind: unseen } = readiness(view, from, to);
  const low = lowest(steps, from, to);
  if (unseen !== undefined || low === undefined) return { why: `the replicas were not in sight: ${unseen}`, seqs };
  const shut = good.filter((p) => p.answer === 'webhook-down');
  const open = bad.filter((p) => p.answer === 'admitted');
  const atEnd = lastGood.answer === 'webhook-down' || lastBad.answer !== 'refused';
  const hurt = shut.length + open.length > 0;
  return {
    fate: atEnd ? 'fell' : hurt ? 'limped' : 'stood',
    closedSeconds: spanOf(good, (p) => p.answer === 'webhook-down', window),
    exposureSeconds: spanOf(bad, (p) => p.answer === 'admitted', window),
    violatingPodsAdmitted: open.filter((p) => p.probe === 'exposure').length,
    refusedRequests: countRefusals(refusals(view, from, to)),
    blockedRollouts: blockedRollouts(view, window),
    outageSeconds: toMs(outageSeconds(cut(steps, from), to)),
    minReadyReplicas: low.ready,
    slowestRequestSeconds: toMs(Math.max(...asked.map((p) => p.seconds))),
    evidence: [
      ...seqs,
      lastGood.seq,
      lastBad.seq,
      low.seq,
      ...[shut[0], open[0]].flatMap((p) => (p === undefined ? [] : [p.seq])),
    ],
  };
}

function windowOf(view: JournalView): Window | undefined {
  const marks = ['trial', 'trigger.injected', 'trigger.removed', 'hold.ended'].map((name) => view.mark(name));
  const [, injected, removed, ended] = marks;
  if (injected === undefined || removed === undefined || ended === undefined) return undefined;
  return { from: injected.t, removed: removed.t, to: ended.t, seqs: [injected.seq, removed.seq, ended.seq] };
}

/** Seconds in which the answers were such, each one standing from when it was asked until the next of its kind was. */
function spanOf(
  probes: readonly Line<ProbeAnswered>[],
  such: (p: ProbeAnswered) => boolean,
  { from, to }: Window,
): number {
  const sorted = probes.toSorted((a, b) => a.t - a.seconds - (b.t - b.seconds));
  const total = sorted.reduce((sum, p, i) => {
    if (!such(p)) return sum;
    const begin = Math.max(from, p.t - p.seconds);
    const next = sorted[i + 1];
    const end = Math.min(to, next === undefined ? to : next.t - next.seconds);
    return sum + Math.max(0, end - begin);
  }, 0);
  return toMs(total);
}

function cut(steps: ReturnType<typeof readiness>['steps'], from: number) {
  const before = steps.findLast((s) => s.t <= from);
  const inside = steps.filter((s) => s.t > from);
  return before === undefined ? inside : [{ ...before, t: from }, ...inside];
}

/** Rollouts of people that were refused, and controllers that could not make a pod, each once. */
function blockedRollouts(view: JournalView, { from, to }: Window): number {
  const refused = refusals(view, from, to);
  const people = refused.filter(
    (r) => r.by === 'request' && view.requests.some((q) => q.seq === r.seq && q.intent === 'roll-out'),
  );
  const controllers = new Set(refused.filter((r) => r.by === 'event').map((r) => r.object));
  return people.length + controllers.size;
}
