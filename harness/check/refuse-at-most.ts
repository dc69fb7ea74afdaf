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
    // Also after the phase: one that ends with a closed gate was closed for as long as that lasts.
    const everAnswered = view.probes
      .filter((p) => p.t >= from && (p.answer === 'admitted' || p.answer === 'refused'))
      .map((p) => p.t);
    const answered = everAnswered.filter((t) => t <= to);
    const closed = refused.map((r) => (everAnswered.find((t) => t > r.t) ?? to) - r.t);
    const longest = closed.reduce((most, s) => Math.max(most, s), 0);
    const measured = { measured: longest, limit: seconds, unit: 's' };
    const evidence = [...seqs, ...refused.map((r) => r.seq)];
    const what = few([...new Set(refused.map((r) => r.object))]);
    const times = plural(countRefusals(refused), 'request');
    if (longest > seconds) {
      return violated(`the gate was closed for up to ${secs(longest)}, ${times} refused: ${what}`, evidence, measured);
    }
    const last = refused.at(-1);
    if (last !== undefined && !everAnswered.some((t) => t > last.t)) {
      const why = `${last.object} was refused ${secs(to - last.t)} before the end, and nobody was answered after that`;
      return inconclusive(`whether that was more than a moment cannot be told: ${why}`, evidence, measured);
    }
    const gap = widestGap([from, ...answered, to]);
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
  });
}
