import type { JournalView } from './journal-view.ts';
import type { PodLife, Seen } from './object-index.ts';

/** What the encoding Jobs owe at a moment: pods that they want and lack or have too many of, and pods that cannot go. */
export interface Debt {
  t: number;
  /** Pods that are there and not told to go. */
  alive: number;
  /** Told to go, and still there. */
  terminating: number;
  owed: number;
}

/** Everything that the encoding Jobs owed, change by change; each holds until the next. Pure counting of pods and Jobs seen. */
export function jobDebt(view: JournalView): Debt[] {
  const orphaned = view.marks('cleanup.wave').some(({ data }) => data?.how === 'delete-job-orphan');
  const changes: {
    t: number;
    alive?: number;
    terminating?: number;
    job?: { uid: string; wanted: number | 'as it is' };
  }[] = [];
  for (const pod of view.podsOf('encoding')) {
    const over = endOf(pod);
    changes.push({ t: pod.first.t, alive: 1 });
    if (over !== undefined) changes.push({ t: over, alive: -1 });
    if (pod.deleting !== undefined) {
      changes.push({ t: pod.deleting.t, terminating: 1 });
      if (pod.gone !== undefined) changes.push({ t: Math.max(pod.gone.t, pod.deleting.t), terminating: -1 });
    }
  }
  for (const { uid, seen } of view.objects('Job')) {
    for (const line of seen) changes.push({ t: line.t, job: { uid, wanted: wantedBy(line, orphaned) } });
  }
  const wanted = new Map<string, number | 'as it is'>();
  let alive = 0;
  let terminating = 0;
  return changes
    .sort((a, b) => a.t - b.t)
    .map((change) => {
      alive += change.alive ?? 0;
      terminating += change.terminating ?? 0;
      if (change.job !== undefined) wanted.set(change.job.uid, change.job.wanted);
      const jobs = [...wanted.values()];
      const numbers = jobs.filter((n) => typeof n === 'number');
      const missing = numbers.length < jobs.length ? 0 : Math.abs(numbers.reduce((sum, n) => sum + n, 0) - alive);
      return { t: change.t, alive, terminating, owed: missing + terminating };
    });
}

function endOf(pod: PodLife): number | undefined {
  const ends = [pod.deleting, pod.succeeded, pod.failed, pod.gone].flatMap((moment) => moment?.t ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** How many pods a Job wants; those that an orphaning deletion leaves behind are wanted as they are. */
function wantedBy({ op, state }: Seen<'Job'>, orphaned: boolean): number | 'as it is' {
  if (op === 'deleted' || state.deleting) return orphaned ? 'as it is' : 0;
  if (state.gaveUp !== undefined || state.suspended || state.complete) return 0;
  return Math.min(state.parallelism, state.completions - state.succeeded);
}

/** When the last debt in an interval was paid, none of it being open at the end; undefined when it never was. */
export function settledAt(debts: readonly Debt[], from: number, to: number): number | undefined {
  const inside = debts.filter(({ t }) => t <= to);
  if ((inside.at(-1)?.owed ?? 0) > 0) return undefined;
  const lastOpen = inside.findLastIndex(({ owed }) => owed > 0);
  const paid = inside[lastOpen + 1]?.t ?? from;
  return lastOpen < 0 ? from : Math.max(from, paid);
}

/** The first moment of an interval at which nothing was owed. */
export function firstFree(debts: readonly Debt[], from: number, to: number): number | undefined {
  const before = debts.findLast(({ t }) => t <= from);
  if ((before?.owed ?? 0) === 0) return from;
  // Lines of one moment belong together: only what holds for a while is a state.
  const next = debts.findIndex(
    ({ t, owed }, i) => t > from && t <= to && owed === 0 && (debts[i + 1]?.t ?? to) - t > 0.5,
  );
  return next < 0 ? undefined : debts[next]!.t;
}
