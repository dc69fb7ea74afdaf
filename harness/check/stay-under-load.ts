import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { judgePhase, widestGap } from './phase-span.ts';
import { holds, inconclusive, plural, secs } from './verdicts.ts';

/**
 * F1: the encoding Job made pods all through a phase, so that what the phase shows was shown under load. Too little load
 * is no fault of the cluster but an experiment that proves nothing: inconclusive. Measured: the widest time without a
 * new pod, in seconds. Where requests are refused no pod can be made, so that time is not held against the load.
 */
export function stayUnderLoad(
  view: JournalView,
  { phase, maxGapSeconds = 10 }: { phase: string; maxGapSeconds?: number },
): Finding {
  return judgePhase(view, phase, ({ from, to, seqs }) => {
    const blind = view.blind('Pod', from, to);
    if (blind !== undefined) return inconclusive(`pods were out of sight: ${blind}`, seqs);
    const made = view.podsOf('encoding').filter((p) => p.createdInSight && p.first.t >= from && p.first.t <= to);
    const refused = view.probes.filter((p) => p.answer === 'webhook-down' && p.t >= from && p.t <= to);
    const times = [from, ...made.map((p) => p.first.t), ...refused.map((p) => p.t), to].sort((a, b) => a - b);
    const gap = widestGap(times);
    const measured = { measured: gap, limit: maxGapSeconds, unit: 's' };
    if (gap > maxGapSeconds) {
      const because = `no pod was made for ${secs(gap)}: without load the phase proves little (more pods, or fewer at a time: workloads.encoding)`;
      return inconclusive(because, seqs, measured);
    }
    const evidence = [made[0], made.at(-1)].flatMap((p) => (p === undefined ? [] : [p.first.seq]));
    const because = `${plural(made.length, 'pod')} were made in ${secs(to - from)}, never ${secs(maxGapSeconds)} without one`;
    return holds(because, [...seqs, ...evidence], measured);
  });
}
