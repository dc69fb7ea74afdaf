import type { Finding } from './finding.ts';
import type { JournalView, PhaseSpan } from './journal-view.ts';
import { inconclusive, neverReached } from './verdicts.ts';

/**
 * A phase in which something must never happen, for the checkers that say so. What was seen to happen counts even when
 * the phase did not come to its end; that nothing happened does not.
 */
export function judgePhase(view: JournalView, phase: string, judge: (span: Readonly<PhaseSpan>) => Finding): Finding {
  const span = view.phase(phase);
  if (span === undefined) return neverReached(view, phase);
  const found = judge(span);
  if (found.verdict !== 'holds' || span.ok === true) return found;
  const { because: _, evidence, verdict: __, ...measured } = found;
  return inconclusive(`the phase did not come to its end: ${span.reason ?? 'it was cut off'}`, evidence, measured);
}

/** The widest time between two neighbours, in seconds. */
export function widestGap(times: readonly number[]): number {
  return times.reduce((widest, t, i) => Math.max(widest, t - (times[i - 1] ?? t)), 0);
}
