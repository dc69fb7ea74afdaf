import { jobEvidence, segmentNames, sum, tallyQueue } from './encoding-queue.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { few, holds, inconclusive, neverReached, plural, violated } from './verdicts.ts';

/** F17: every segment of every encoding Job was encoded, once. Measured: segments encoded. */
export function queueDrained(view: JournalView): Finding {
  const tally = tallyQueue(view);
  if (tally === undefined) return neverReached(view, 'fanout.started');
  const { jobs, requested, unqueued } = tally;
  const drained = view.mark('queue.drained');
  const phase = view.phase('drain');
  const evidence = [
    ...tally.evidence,
    ...(drained === undefined ? (phase?.seqs ?? []) : [drained.seq]),
    ...jobEvidence(jobs),
  ];
  const measured = { measured: sum(jobs, (j) => j.succeeded), limit: requested, unit: 'segments' };
  // Segments still to do say nothing as long as nobody has waited for them to the end.
  if (drained === undefined && phase?.ok === undefined)
    return { ...neverReached(view, 'queue.drained', evidence), ...measured };
  const hidden = unseen(view, tally.evidence, drained?.t ?? phase?.to ?? view.end);
  if (hidden !== undefined) return inconclusive(`the segments cannot be counted: ${hidden}`, evidence, measured);
  if (unqueued > 0)
    return violated(`${plural(unqueued, 'segment')} of ${requested} never came to a Job`, evidence, measured);
  const missing = segmentNames(jobs, (j) => j.missing);
  if (missing.length > 0) {
    const never = sum(jobs, (j) => j.neverMade.length);
    const detail = never > 0 ? `; ${never} of them never had a pod` : '';
    return violated(`${plural(missing.length, 'segment')} not encoded: ${few(missing)}${detail}`, evidence, measured);
  }
  const repeated = segmentNames(jobs, (j) => j.repeated);
  if (repeated.length > 0) {
    return violated(
      `${plural(repeated.length, 'segment')} encoded more than once: ${few(repeated)}`,
      evidence,
      measured,
    );
  }
  const open = jobs.filter((j) => !j.complete);
  if (open.length > 0) {
    const names = few(open.map((j) => j.job));
    if (open.some((j) => j.history === undefined))
      return inconclusive(`the Job ${names} was never seen`, evidence, measured);
    return violated(`all segments are encoded, but the Job ${names} is not complete`, evidence, measured);
  }
  if (drained === undefined) return { ...neverReached(view, 'queue.drained', evidence), ...measured };
  return holds(`all ${requested} segments were encoded, none twice`, evidence, measured);
}

function unseen(view: JournalView, seqs: readonly number[], to: number): string | undefined {
  const from = view.marks('fanout.started').find((m) => m.seq === seqs[0])?.t ?? 0;
  return view.blind('Pod', from, to) ?? view.blind('Job', from, to);
}
