import type { Mark } from '../journal/events.ts';
import type { JournalView, Line } from './journal-view.ts';
import type { PodLife } from './object-index.ts';
import { refusedByDeadWebhook } from './refusals.ts';

/** One clean-up and what the watches saw until the next one. Times are seconds since the run began. */
export interface Wave {
  how: string;
  from: number;
  /** When its last request was answered. */
  answered: number;
  /** When the next one began, or the clean-ups were over. */
  to: number;
  asked: number;
  accepted: number;
  /** What a dead webhook said to it. */
  refusal: string | undefined;
  /** Pods that went, or were told to go. */
  removed: readonly PodLife[];
  /** For each of them whose segment got a pod again before the clean-ups were over: seconds from the one to the other, in order. */
  cameBack: readonly number[];
  seqs: number[];
}

export interface Boomerang {
  waves: Wave[];
  /** End of the clean-ups, and of all that was watched. */
  ended: number;
  end: number;
  /** When somebody deleted the rules. */
  rulesDeleted: number | undefined;
  /** Pods that were made after the rules were gone. */
  afterwards: readonly PodLife[];
}

/** F11: what was cleaned up and what came back of it; or why that cannot be told. */
export function boomerang(view: JournalView): Boomerang | { why: string; seqs: number[] } {
  const begun = view.marks('cleanup.wave');
  const answers = view.marks('cleanup.answered');
  const [ended, watched] = [view.mark('cleanup.ended'), view.mark('watch.ended')];
  const seqs = begun.map(({ seq }) => seq);
  if (begun.length === 0 || ended === undefined || watched === undefined) {
    return { why: `the run never reached "${begun.length === 0 ? 'cleanup.wave' : 'watch.ended'}"`, seqs };
  }
  const from = begun[0]!.t;
  for (const kind of ['Pod', 'Job', 'Event'] as const) {
    const blind = view.blind(kind, from, watched.t);
    if (blind !== undefined) return { why: `what came of it was not in sight: ${blind}`, seqs };
  }
  const rulesDeleted = view.mark('rules.deleted')?.t;
  const waves = begun.map((mark, i) => waveOf(view, mark, answers[i] ?? mark, begun[i + 1]?.t ?? ended.t, ended.t));
  const afterwards = made(view, rulesDeleted ?? Number.POSITIVE_INFINITY, watched.t);
  return { waves, ended: ended.t, end: watched.t, rulesDeleted, afterwards };
}

function waveOf(view: JournalView, begun: Line<Mark>, answer: Line<Mark>, to: number, ended: number): Wave {
  const from = begun.t;
  const removed = view.podsOf('encoding').filter((pod) => {
    const at = removedAt(pod);
    return at !== undefined && at >= from && at < to;
  });
  const fresh = Map.groupBy(made(view, from, ended), segmentOf);
  const cameBack = removed.flatMap((pod) => {
    const at = removedAt(pod)!;
    const next = fresh.get(segmentOf(pod))?.find((p) => p.first.t >= at && p !== pod);
    return next === undefined ? [] : [next.first.t - at];
  });
  return {
    how: String(begun.data?.how),
    from,
    answered: answer.t,
    to,
    asked: Number(answer.data?.asked ?? 0),
    accepted: Number(answer.data?.accepted ?? 0),
    refusal: view.requests.find((r) => r.t >= from && r.t <= answer.t && refusedByDeadWebhook(r))?.message,
    removed,
    cameBack: cameBack.sort((a, b) => a - b),
    seqs: [begun.seq, answer.seq],
  };
}

/** Encoding pods that were seen being made in an interval, oldest first. */
export function made(view: JournalView, from: number, to: number): PodLife[] {
  return view
    .podsOf('encoding')
    .filter((p) => p.createdInSight && p.first.t >= from && p.first.t < to)
    .sort((a, b) => a.first.t - b.first.t);
}

/** When a pod that had not succeeded was told to go, or was gone. */
export function removedAt(pod: PodLife): number | undefined {
  if (pod.succeeded !== undefined) return undefined;
  return pod.deleting?.t ?? pod.gone?.t;
}

function segmentOf(pod: PodLife): string {
  return `${pod.ns}/${pod.owner ?? ''}/${pod.index ?? pod.uid}`;
}
