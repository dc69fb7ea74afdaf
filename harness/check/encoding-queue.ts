import type { JournalView } from './journal-view.ts';
import type { History, PodLife } from './object-index.ts';

/** One encoding Job as its pods and its own counters show it. */
export interface JobTally {
  /** `namespace/name`. */
  job: string;
  /** The Job object, when it was seen. */
  history: History<'Job'> | undefined;
  segments: number;
  created: number;
  /** Distinct segments that have a pod that succeeded. */
  succeeded: number;
  /** Segments without a pod that succeeded. */
  missing: number[];
  /** Segments that never had a pod at all. */
  neverMade: number[];
  /** Segments with more than one pod that succeeded: encoded twice. A retry after a failure is none. */
  repeated: number[];
  /** Pods that neither ended nor went away. */
  unfinished: PodLife[];
  complete: boolean;
}

export interface QueueTally {
  /** Segments that the fan-out asked for. */
  requested: number;
  jobs: JobTally[];
  /** Segments asked for that no Job was ever seen to hold. */
  unqueued: number;
  evidence: number[];
}

/** The encoding queue, counted; undefined when the fan-out was never started. */
export function tallyQueue(view: JournalView): QueueTally | undefined {
  const started = view.marks('fanout.started');
  // A cell that made its cluster anew has both: the Jobs being launched, and that it found them there.
  const launched = started.filter((m) => m.data?.carriedOver !== true);
  const marks = launched.length > 0 ? launched : started;
  const sizes = marks.map((m) => m.data?.pods);
  if (marks.length === 0 || !sizes.every((n) => typeof n === 'number')) return undefined;
  const requested = sizes.reduce((sum, n) => sum + n, 0);
  const byJob = new Map<string, PodLife[]>();
  for (const pod of view.podsOf('encoding')) {
    const job = `${pod.ns}/${pod.owner ?? ''}`;
    const pods = byJob.get(job);
    if (pods === undefined) byJob.set(job, [pod]);
    else pods.push(pod);
  }
  const histories = new Map(view.objects('Job').map((h) => [`${h.ns}/${h.name}`, h]));
  const jobs = [...byJob].map(([job, pods]) =>
    tallyJob(job, pods, histories.get(job), byJob.size === 1 ? requested : 0),
  );
  const queued = jobs.reduce((sum, j) => sum + j.segments, 0);
  return { requested, jobs, unqueued: Math.max(0, requested - queued), evidence: marks.map((m) => m.seq) };
}

function tallyJob(
  job: string,
  pods: readonly PodLife[],
  history: History<'Job'> | undefined,
  fallback: number,
): JobTally {
  const state = history?.seen.at(-1)?.state;
  // The Job says how many segments it has; a Job that was never seen cannot, then the fan-out's own number stands in.
  const segments = state?.completions ?? fallback;
  const made = new Uint16Array(segments);
  const done = new Uint16Array(segments);
  const unfinished: PodLife[] = [];
  for (const pod of pods) {
    if (pod.index !== undefined && pod.index < segments) {
      made[pod.index]!++;
      if (pod.succeeded !== undefined) done[pod.index]!++;
    }
    if (pod.succeeded === undefined && pod.failed === undefined && pod.gone === undefined) unfinished.push(pod);
  }
  const where = (counts: Uint16Array, test: (n: number) => boolean) =>
    Array.from(counts.keys()).filter((i) => test(counts[i]!));
  const missing = where(done, (n) => n === 0);
  return {
    job,
    history,
    segments,
    created: pods.length,
    succeeded: segments - missing.length,
    missing,
    neverMade: where(made, (n) => n === 0),
    repeated: where(done, (n) => n > 1),
    unfinished,
    complete: state?.complete === true,
  };
}

/** Adds a number of every Job. */
export function sum(jobs: readonly JobTally[], of: (job: JobTally) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}

/** Names the segments, with their Job when there are several. */
export function segmentNames(jobs: readonly JobTally[], of: (job: JobTally) => readonly number[]): string[] {
  return jobs.flatMap((j) => of(j).map((i) => (jobs.length === 1 ? `${i}` : `${j.job}[${i}]`)));
}

export function jobEvidence(jobs: readonly JobTally[]): number[] {
  return jobs.flatMap((j) => j.history?.seen.at(-1)?.seq ?? []);
}
