import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { widestGap } from './phase-span.ts';
import { lowest, readiness } from './readiness.ts';
import { countRefusals, refusals } from './refusals.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';

/**
 * F16: all through a phase, or since a mark in it, the gatekeeper answered: at least one replica ready, no request refused for want of it, no
 * violating pod let in, and somebody asked all along. Measured: the lowest number of ready replicas.
 */
export function gateNeverDown(
  view: JournalView,
  { phase, since, maxGapSeconds = 5 }: { phase: string; since?: string; maxGapSeconds?: number },
): Finding {
  const span = view.phase(phase);
  if (span === undefined) return neverReached(view, phase);
  const { to, seqs } = span;
  const start = since === undefined ? undefined : view.marks(since).find((m) => m.t >= span.from && m.t <= to);
  if (since !== undefined && start === undefined) return neverReached(view, since, seqs);
  const from = start?.t ?? span.from;
  const refused = refusals(view, from, to);
  if (refused.length > 0) {
    const what = few([...new Set(refused.map((r) => r.object))]);
    const because = `a dead webhook refused ${plural(countRefusals(refused), 'request')}: ${what}`;
    return violated(because, [...seqs, ...refused.map((r) => r.seq)], {
      measured: countRefusals(refused),
      limit: 0,
      unit: 'refusals',
    });
  }
  const probes = view.probes.filter((p) => p.t - p.seconds >= from && p.t <= to);
  const open = probes.find((p) => p.subject === 'violating' && p.answer === 'admitted');
  if (open !== undefined) return violated('a violating pod was let in: nothing was enforced', [...seqs, open.seq]);
  const { steps, blind } = readiness(view, from, to);
  const low = lowest(steps, from, to);
  const measured = { ...(low === undefined ? {} : { measured: low.ready }), limit: 1, unit: 'ready replicas' };
  if (blind !== undefined || low === undefined) {
    return inconclusive(`whether the gate was down cannot be told: ${blind ?? 'no replica was seen'}`, seqs, measured);
  }
  if (low.ready < 1) return violated('no gatekeeper replica was ready for a while', [...seqs, low.seq], measured);
  if (span.ok !== true) {
    return inconclusive(`the phase did not come to its end: ${span.reason ?? 'it was cut off'}`, seqs, measured);
  }
  const told = probes.filter((p) => p.answer !== 'error');
  const gap = widestGap([from, ...told.map((p) => p.t), to]);
  if (gap > maxGapSeconds) {
    return inconclusive(`nobody was answered for ${secs(gap)}, ${secs(maxGapSeconds)} are allowed`, seqs, measured);
  }
  return holds(
    `for ${secs(to - from)} at least ${plural(low.ready, 'replica')} stayed ready, and ${plural(told.length, 'probe')} got their answer`,
    [...seqs, low.seq, ...told.slice(0, 1).map((p) => p.seq), ...told.slice(-1).map((p) => p.seq)],
    measured,
  );
}
