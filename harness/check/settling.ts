import { boomerang } from './boomerang.ts';
import type { Finding } from './finding.ts';
import { firstFree, jobDebt, settledAt } from './job-debt.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, secs, toMs, violated } from './verdicts.ts';

/** So long it must have been watched without any debt, before it is called settled. */
const CALM_SECONDS = 2;

/**
 * F12: with the trigger gone it settles: the Job has the pods it wants and none that cannot go, to the end of the watch.
 * The trigger is the clean-up, or, once the rules are deleted, the want of a gatekeeper. Measured: seconds until then.
 */
export function settles(view: JournalView, options: { withinSeconds: number }): Finding {
  const { withinSeconds } = options;
  const found = boomerang(view);
  if ('why' in found) return inconclusive(found.why, found.seqs);
  const seqs = found.waves.flatMap((w) => w.seqs);
  const from = found.rulesDeleted ?? found.waves.at(-1)!.answered;
  const debts = jobDebt(view);
  const at = settledAt(debts, from, found.end);
  const watched = found.end - from;
  const limit = { limit: withinSeconds, unit: 's' };
  if (at === undefined || found.end - at < CALM_SECONDS) {
    const owed = debts.findLast(({ t }) => t <= found.end)?.owed ?? 0;
    const why = `it did not settle: ${owed} pods still wanted or still going after ${secs(watched)}`;
    return watched < withinSeconds
      ? inconclusive(`${why}, and it was not watched longer`, seqs)
      : violated(why, seqs, limit);
  }
  const measured = { measured: toMs(at - from), ...limit };
  if (at - from > withinSeconds) return violated(`it settled late, after ${secs(at - from)}`, seqs, measured);
  return holds(`it settled after ${secs(at - from)}`, seqs, measured);
}

/** F12: with the trigger gone it did not settle by itself for so long. Measured: for how long it was seen not to. */
export function neverSettles(view: JournalView, options: { forSeconds: number }): Finding {
  const { forSeconds } = options;
  const found = boomerang(view);
  if ('why' in found) return inconclusive(found.why, found.seqs);
  const seqs = found.waves.flatMap((w) => w.seqs);
  const to = found.rulesDeleted ?? found.end;
  const free = firstFree(jobDebt(view), found.ended, to);
  const limit = { limit: forSeconds, unit: 's' };
  if (free !== undefined) {
    return violated(`nothing was owed any more after ${secs(free - found.ended)}`, seqs, {
      measured: toMs(free - found.ended),
      ...limit,
    });
  }
  const watched = to - found.ended;
  if (watched < forSeconds) return inconclusive(`it was watched for ${secs(watched)} only`, seqs, limit);
  return holds(`in ${secs(watched)} it did not settle by itself`, seqs, { measured: toMs(watched), ...limit });
}
