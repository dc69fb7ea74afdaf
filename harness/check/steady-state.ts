import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, neverReached, violated } from './verdicts.ts';

/** The gatekeeper enforced before the method: at the end of the steady-state phase a violating pod was refused by policy and a good one admitted. */
export function steadyState(view: JournalView): Finding {
  const phase = view.phase('steady-state');
  if (phase === undefined) return neverReached(view, 'steady-state');
  const probes = view.probes.filter((p) => p.t >= phase.from && p.t <= phase.to);
  const bad = probes.findLast((p) => p.subject === 'violating');
  const good = probes.findLast((p) => p.subject === 'good');
  if (bad === undefined || good === undefined) {
    return inconclusive(
      `nobody asked for a ${bad === undefined ? 'violating' : 'good'} pod in the steady-state phase`,
      phase.seqs,
    );
  }
  const evidence = [bad.seq, good.seq];
  for (const probe of [bad, good]) {
    if (probe.answer === 'error') {
      return inconclusive(`the last probe with a ${probe.subject} pod got no verdict: ${probe.message}`, evidence);
    }
    if (probe.answer === 'webhook-down') {
      return violated('the gatekeeper did not answer at the end of the steady-state phase', evidence);
    }
  }
  if (bad.answer === 'admitted') return violated('the gatekeeper admitted a violating pod before the method', evidence);
  if (good.answer === 'refused') return violated('the gatekeeper refused a good pod before the method', evidence);
  if (phase.ok !== true) {
    const why = phase.reason ?? 'it was cut off';
    return inconclusive(`the probes were right, but the steady-state phase did not end well: ${why}`, evidence);
  }
  return holds('before the method a violating pod was refused by policy and a good one admitted', evidence);
}
