import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { judgePhase } from './phase-span.ts';
import { lowest, readiness, readyAt, zeroSeconds } from './readiness.ts';
import { holds, inconclusive, plural, secs, violated } from './verdicts.ts';

/** F8: all through a phase at least one gatekeeper replica was ready, as the API server's endpoints show it. Measured: seconds without one. */
export function keepAReplica(view: JournalView, { phase }: { phase: string }): Finding {
  return judgePhase(view, phase, ({ from, to, seqs }) => {
    const { steps, blind } = readiness(view, from, to);
    const start = readyAt(steps, from);
    const low = lowest(steps, from, to);
    if (blind !== undefined || start === undefined || low === undefined) {
      return inconclusive(`whether a replica was ready cannot be told: ${blind ?? 'none was seen before'}`, seqs);
    }
    const seconds = zeroSeconds([{ ...start, t: from }, ...steps.filter((s) => s.t > from && s.t <= to)], to);
    const measured = { measured: seconds, limit: 0, unit: 's' };
    if (low.ready === 0) return violated(`no replica was ready for ${secs(seconds)}`, [...seqs, low.seq], measured);
    const because = `never fewer than ${plural(low.ready, 'ready replica')} in ${secs(to - from)}`;
    return holds(because, [...seqs, low.seq], measured);
  });
}
