import type { Finding } from './finding.ts';
import { firstSetUpPod, joinedNode } from './joined-nodes.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';
import { SKEW_SECONDS } from './windows.ts';

/**
 * F14: once the rules were deleted the set-up pod came onto the node that had waited for it, and then the node was Ready.
 * Measured: seconds from the deletion of the rules until the node was Ready.
 */
export function nodeBecomesReady(
  view: JournalView,
  { node: name, withinSeconds = 120 }: { node: string; withinSeconds?: number },
): Finding {
  const joined = joinedNode(view, name);
  if (joined === undefined) return neverReached(view, 'node.joining');
  const { node, joining, lines, rulesDeleted } = joined;
  if (rulesDeleted === undefined) return neverReached(view, 'rules.deleted', [joining.seq]);
  const from = rulesDeleted.t;
  const ready = lines.find((s) => s.state.ready && s.op !== 'deleted');
  const to = ready?.t ?? view.watchedUntil('Node');
  const evidence = [joining.seq, rulesDeleted.seq, ...(ready === undefined ? [] : [ready.seq])];
  const measured = { measured: to - from, limit: withinSeconds, unit: 's' };
  if (ready !== undefined && ready.t < from) {
    return violated(`${node} was Ready ${secs(from - ready.t)} before the rules were deleted`, evidence);
  }
  const hidden = view.blind('Node', from, to) ?? view.blind('Pod', from, to);
  if (ready === undefined) {
    if (hidden !== undefined) return inconclusive(`whether ${node} became Ready cannot be told: ${hidden}`, evidence);
    const so = `${node} was not Ready ${secs(to - from)} after the rules were deleted`;
    return to - from > withinSeconds ? violated(so, evidence, measured) : inconclusive(so, evidence, measured);
  }
  const setUp = firstSetUpPod(view, node);
  if (setUp === undefined) {
    return inconclusive(
      `${node} was Ready, but no set-up pod was seen on it: ${hidden ?? 'none was wanted'}`,
      evidence,
    );
  }
  evidence.push(setUp.first.seq);
  if (setUp.first.t > ready.t + SKEW_SECONDS) {
    return violated(`${node} was Ready before ${podRef(setUp)} was there`, evidence, measured);
  }
  const told = `after the rules were deleted ${podRef(setUp)} came in ${secs(setUp.first.t - from)}, and ${node} was Ready in ${secs(to - from)}`;
  if (to - from > withinSeconds) return violated(`it took longer than allowed: ${told}`, evidence, measured);
  if (hidden !== undefined) return inconclusive(`${told}, but ${hidden}`, evidence, measured);
  return holds(told, evidence, measured);
}
