import { drainIn, leaving } from './drains.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';

/**
 * F16: the drain of a node with a gatekeeper replica on it came to its end. Whether the gate stayed closed meanwhile is
 * for `gateNeverDown` to say. Measured: seconds from the cordon to the empty node.
 */
export function drainPassed(
  view: JournalView,
  { phase = 'drain', withinSeconds = 180 }: { phase?: string; withinSeconds?: number } = {},
): Finding {
  const drain = drainIn(view, phase);
  if (drain === undefined) return neverReached(view, phase);
  const { from, to, node, cordon, asked, pods } = drain;
  const passed = view.marks('drain.passed').find((m) => m.t >= cordon.t && m.t <= to);
  const refused = asked.findLast((r) => r.code === 429);
  const limits = { limit: withinSeconds, unit: 's' };
  if (passed === undefined) {
    if (refused === undefined) return { ...neverReached(view, 'drain.passed', [cordon.seq]), ...limits };
    return violated(`${node} was never drained: ${refused.object} was held back (${refused.message})`, [
      cordon.seq,
      refused.seq,
    ]);
  }
  const evidence = [cordon.seq, passed.seq];
  const took = passed.t - cordon.t;
  const measured = { measured: took, ...limits };
  const accepted = asked.filter((r) => r.code >= 200 && r.code < 300);
  if (accepted.length === 0) return inconclusive(`no gatekeeper pod was on ${node} to be evicted`, evidence, measured);
  evidence.push(...accepted.map((r) => r.seq));
  if (took > withinSeconds) return violated(`the drain took ${secs(took)}`, evidence, measured);
  const hidden = view.blind('Pod', from, to) ?? view.blind('Node', from, to);
  if (hidden !== undefined)
    return inconclusive(`whether ${node} is empty cannot be told: ${hidden}`, evidence, measured);
  if (drain.cordoned === undefined) return inconclusive(`${node} was never seen to be cordoned`, evidence, measured);
  const left = pods.map((p) => leaving(p, from, to));
  const stayed = pods.filter((_, i) => left[i] === undefined);
  if (stayed.length > 0) {
    return violated(`${few(stayed.map((p) => p.name))} was never seen to leave ${node}`, evidence, measured);
  }
  const waited = asked.filter((r) => r.code === 429).length;
  const patience = waited === 0 ? '' : `, after the budget had held ${plural(waited, 'eviction')} back`;
  return holds(
    `${node} was drained in ${secs(took)}: ${plural(accepted.length, 'gatekeeper pod')} evicted${patience}`,
    [...evidence, drain.cordoned.seq, ...left.flatMap((s) => s?.seq ?? [])],
    measured,
  );
}
