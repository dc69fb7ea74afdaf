import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { judgePhase, widestGap } from './phase-span.ts';
import { countRefusals, refusals } from './refusals.ts';
import { few, holds, inconclusive, plural, secs, violated } from './verdicts.ts';

/**
 * F9: all through a phase, whoever was refused because a webhook did not answer got through by asking again within
 * `seconds`. A replica that is replaced may break off a request or two, which controllers repeat; a gate that is closed
 * refuses the repeated ones too. Measured: the longest time, in seconds, from a refusal until a probe was answered again.
 */
export function refuseAtMost(
  view: JournalView,
  { phase, seconds = 2, maxGapSeconds = 5 }: { phase: string; seconds?: number; maxGapSeconds?: number },
): Finding {
  return judgePhase(view, phase, ({ from, to, seqs }) => {
    const refused = refusals(view, from, to);
    const answered = view.probes
      .filter((p) => p.t >= from && p.t <= to && (p.answer === 'admitted' || p.answer === 'refused'))
      .map((p) => p.t);
    const closed = refused.map((r) => (answered.find((t) => t > r.t) ?? to) - r.t);
    const longest = closed.reduce((most, s) => Math.max(most, s), 0);
    const measured = { measured: longest, limit: seconds, unit: 's' };
    const evidence = [...seqs, ...refused.map((r) => r.seq)];
    const what = few([...new Set(refused.map((r) => r.object))]);
    const times = plural(countRefusals(refused), 'request');
    if (longest > seconds) {
      return violated(`the gate was closed for up to ${secs(longest)}, ${times} refused: ${what}`, evidence, measured);
    }
    const gap = widestGap(
      [from, ...view.probes.filter((p) => p.answer !== 'error').map((p) => p.t), to].filter(within),
    );
    const blind = view.blind('Event', from, to);
    if (blind !== undefined || gap > maxGapSeconds) {
      const why = blind ?? `nobody was answered for ${secs(gap)}, ${secs(maxGapSeconds)} are allowed`;
      return inconclusive(`whether anything was refused cannot be told: ${why}`, evidence, measured);
    }
    const because =
      refused.length === 0
        ? `${plural(answered.length, 'probe')} got their answer in ${secs(to - from)}, and nothing was refused`
        : `${times} refused (${what}), and answered again within ${secs(longest)}`;
    return holds(because, evidence, measured);

    function within(t: number): boolean {
      return t >= from && t <= to;
    }
  });
}
