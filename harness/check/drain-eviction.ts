import { drainIn, leaving } from './drains.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { firstZero, readiness, readyAt } from './readiness.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

/**
 * F6: an ordinary drain took the gatekeeper away: the eviction API let it go, and no replica was ready then. Measured:
 * seconds from the accepted eviction to no ready replica.
 */
export function drainEviction(view: JournalView, { phase = 'drain' }: { phase?: string } = {}): Finding {
  const drain = drainIn(view, phase);
  if (drain === undefined) return neverReached(view, phase);
  const { from, to, node, cordon, asked } = drain;
  const accepted = asked.find((r) => r.code === 200 || r.code === 201);
  if (accepted === undefined) {
    const refused = asked.find((r) => r.code === 429);
    if (refused !== undefined) {
      return violated(`the eviction was refused: ${refused.message}`, [cordon.seq, refused.seq]);
    }
    return inconclusive(`nobody asked for a gatekeeper pod of ${node} to be evicted`, [cordon.seq]);
  }
  const evidence = [cordon.seq, accepted.seq];
  const pod = drain.pods.find((p) => podRef(p) === accepted.object);
  const left = pod === undefined ? undefined : leaving(pod, from, to);
  const { steps, blind } = readiness(view, accepted.t, to);
  if (blind === undefined && readyAt(steps, from)?.ready === 0) {
    return inconclusive('no replica was ready before the drain, so it took none away', evidence);
  }
  const zero = firstZero(steps, from, to);
  const hidden = blind ?? view.blind('Pod', from, to);
  if (zero === undefined || left === undefined) {
    if (hidden !== undefined) return inconclusive(`what the eviction did cannot be told: ${hidden}`, evidence);
    const because = left === undefined ? `${accepted.object} stayed` : 'another gatekeeper replica stayed ready';
    return violated(`the drain did not take the gatekeeper away: ${because}`, evidence);
  }
  const preempted = view.events('Preempted', from, to).find((e) => e.state.regarding === accepted.object);
  if (preempted !== undefined) return violated(`${accepted.object} was preempted too`, [...evidence, preempted.seq]);
  const took = Math.max(0, zero.t - accepted.t);
  return holds(
    `${accepted.actor} drained ${node}: the eviction API let ${accepted.object} go, and no replica was ready ${secs(took)} later`,
    [...evidence, left.seq, zero.seq],
    { measured: took, unit: 's' },
  );
}
