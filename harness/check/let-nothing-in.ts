import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { judgePhase, widestGap } from './phase-span.ts';
import { few, holds, inconclusive, plural, secs, violated } from './verdicts.ts';

/**
 * F15: all through a phase every violating pod was turned away, whether it was meant or only tried (dry-run). Measured:
 * violating pods let in, dry-runs among them.
 */
export function letNothingIn(
  view: JournalView,
  { phase, maxGapSeconds = 5 }: { phase: string; maxGapSeconds?: number },
): Finding {
  return judgePhase(view, phase, ({ from, to, seqs }) => {
    const asked = view.probes.filter((p) => p.subject === 'violating' && p.t - p.seconds >= from && p.t <= to);
    const open = asked.filter((p) => p.answer === 'admitted');
    const measured = { measured: open.length, limit: 0, unit: open.length === 1 ? 'pod' : 'pods' };
    const [first, last] = [open[0], open.at(-1)];
    if (first !== undefined && last !== undefined) {
      const made = open.flatMap((p) => p.object ?? []);
      const stayed = made.length === 0 ? 'all of them dry-runs' : `${made.length} really made (${few(made, 3)})`;
      const because = `${plural(open.length, 'violating pod')} were let in within ${secs(last.t - first.t)}, ${stayed}`;
      return violated(because, [...seqs, ...open.map((p) => p.seq)], measured);
    }
    const told = asked.filter((p) => p.answer !== 'error');
    const gap = widestGap([from, ...told.map((p) => p.t), to]);
    if (gap > maxGapSeconds) {
      const because = `nobody tried and was answered for ${secs(gap)}, ${secs(maxGapSeconds)} are allowed`;
      return inconclusive(because, seqs, measured);
    }
    return holds(`${plural(told.length, 'violating pod')} were turned away in ${secs(to - from)}`, seqs, measured);
  });
}
