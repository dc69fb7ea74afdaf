import { jobEvidence, segmentNames, sum, tallyQueue } from './encoding-queue.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { few, holds, inconclusive, neverReached, plural, violated } from './verdicts.ts';

/**
 * Every encoding pod has a known fate: each segment had a pod, none is left hanging once the queue is drained, and the
 * Job's own counter says the same as the Pod watch. Measured: pods made.
 */
export function podsAccountedFor(view: JournalView): Finding {
  const tally = tallyQueue(view);
  if (tally === undefined) return neverReached(view, 'fanout.started');
  const { jobs, requested, unqueued } = tally;
  const drained = view.mark('queue.drained');
  if (drained === undefined) return neverReached(view, 'queue.drained', tally.evidence);
  const evidence = [...tally.evidence, drained.seq, ...jobEvidence(jobs)];
  const measured = { measured: sum(jobs, (j) => j.created), limit: requested, unit: 'pods' };
  const hidden = view.blind('Pod', view.mark('fanout.started')?.t ?? 0, drained.t);
  if (hidden !== undefined) return inconclusive(`the pods cannot be counted: ${hidden}`, evidence, measured);
  const never = segmentNames(jobs, (j) => j.neverMade);
  if (never.length + unqueued > 0) {
    return violated(`${plural(never.length + unqueued, 'segment')} never had a pod: ${few(never)}`, evidence, measured);
  }
  const hanging = jobs.flatMap((j) => j.unfinished);
  if (hanging.length > 0) {
    const which = few(hanging.map((p) => `${p.name} ${p.last.phase}`));
    return violated(
      `${plural(hanging.length, 'pod')} left hanging after the queue was drained: ${which}`,
      [...evidence, ...hanging.slice(0, 20).map((p) => p.lastSeq)],
      measured,
    );
  }
  const silent = jobs.find((j) => j.history === undefined);
  if (silent !== undefined) return inconclusive(`the Job ${silent.job} was never seen`, evidence, measured);
  const other = jobs.find((j) => j.history?.seen.at(-1)?.state.succeeded !== j.succeeded);
  if (other !== undefined) {
    const said = other.history?.seen.at(-1)?.state.succeeded;
    const because = `the Job ${other.job} counts ${said} segments, the Pod watch ${other.succeeded}`;
    return inconclusive(because, evidence, measured);
  }
  return holds(
    `all ${plural(
      sum(jobs, (j) => j.created),
      'pod',
    )} ended or were replaced, and the Jobs count the same`,
    evidence,
    measured,
  );
}
