import type { Finding } from './finding.ts';
import { gateWasDown, joinedNode } from './joined-nodes.ts';
import type { JournalView } from './journal-view.ts';
import { uncallableWebhook } from './refusals.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

/**
 * F9, bootstrap: a node that came up while the gatekeeper was away did not even register: the webhook that it could not
 * ask covers nodes or their certificate requests. Watched until the rules were deleted. Measured: seconds kept out.
 */
export function nodeKeptOut(
  view: JournalView,
  { node: name, forSeconds = 30 }: { node: string; forSeconds?: number },
): Finding {
  const joined = joinedNode(view, name);
  if (joined === undefined) return neverReached(view, 'node.joining');
  const { node, joining, lines } = joined;
  const to = joined.rulesDeleted?.t ?? view.end;
  const registered = lines.find((s) => s.t < to);
  if (registered !== undefined) {
    const after = secs(registered.t - joining.t);
    return violated(`${node} registered ${after} after it began to join`, [joining.seq, registered.seq]);
  }
  const hidden = view.blind('Node', joining.t, to);
  if (hidden !== undefined) return inconclusive(`whether ${node} registered cannot be told: ${hidden}`, [joining.seq]);
  const gate = gateWasDown(view, joining.t, to);
  if ('verdict' in gate) return { ...gate, evidence: [joining.seq, ...gate.evidence] };
  const refused = view.marks('kubelet.refused').find((m) => m.data?.name === name && m.t <= to);
  const line = String(refused?.data?.line ?? '');
  const webhook = uncallableWebhook(line.replaceAll('\\"', '"'));
  if (refused === undefined || webhook === undefined) {
    return inconclusive(`${node} did not register, and nothing says that a webhook was why`, [joining.seq]);
  }
  const evidence = [joining.seq, refused.seq, ...gate.evidence];
  const measured = { measured: to - joining.t, limit: forSeconds, unit: 's' };
  if (to - joining.t < forSeconds) {
    const because = `it was watched for ${secs(to - joining.t)} only, ${secs(forSeconds)} are asked`;
    return inconclusive(because, evidence, measured);
  }
  return holds(
    `${node} did not register for ${secs(to - joining.t)}: its kubelet was refused because "${webhook}" cannot be called`,
    evidence,
    measured,
  );
}
