import type { Finding } from './finding.ts';
import { firstSetUpPod, gateWasDown, type JoinedNode, joinedNode } from './joined-nodes.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { uncallableWebhook } from './refusals.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

/**
 * F10: a node that joined while the gatekeeper was away got its certificate and registered, but stayed NotReady: the pod
 * that would set it up was refused. Watched until the rules were deleted. Measured: seconds NotReady.
 */
export function nodeStaysNotReady(
  view: JournalView,
  { node: name, forSeconds = 30 }: { node: string; forSeconds?: number },
): Finding {
  const joined = joinedNode(view, name);
  if (joined === undefined) return neverReached(view, 'node.joining');
  const { node, joining, lines } = joined;
  const to = joined.rulesDeleted?.t ?? view.end;
  const registered = lines.find((s) => s.t <= to);
  const hidden = view.blind('Node', joining.t, to) ?? view.blind('Pod', joining.t, to);
  if (registered === undefined) {
    return hidden === undefined
      ? violated(`${node} never registered, so its set-up was not even asked for`, [joining.seq])
      : inconclusive(`whether ${node} registered cannot be told: ${hidden}`, [joining.seq]);
  }
  const evidence = [joining.seq, registered.seq];
  const ready = lines.find((s) => s.t <= to && s.state.ready);
  if (ready !== undefined) {
    const after = secs(ready.t - registered.t);
    return violated(`${node} was Ready ${after} after it registered, with the rules in place`, [
      ...evidence,
      ready.seq,
    ]);
  }
  const setUp = firstSetUpPod(view, node);
  if (setUp !== undefined && setUp.first.t < to) {
    return violated(`${podRef(setUp)} was let onto ${node}: its set-up was not refused`, [
      ...evidence,
      setUp.first.seq,
    ]);
  }
  if (hidden !== undefined) return inconclusive(`whether ${node} stayed NotReady cannot be told: ${hidden}`, evidence);
  const gate = gateWasDown(view, registered.t, to);
  if ('verdict' in gate) return { ...gate, evidence: [...evidence, ...gate.evidence] };
  return judge(view, joined, { from: registered.t, to, forSeconds }, [...evidence, ...gate.evidence]);
}

function judge(
  view: JournalView,
  { node, lines }: JoinedNode,
  { from, to, forSeconds }: { from: number; to: number; forSeconds: number },
  evidence: number[],
): Finding {
  const issued = certificate(view, node);
  if (issued === undefined) return inconclusive(`no certificate was seen to be issued to ${node}`, evidence);
  const wanted = wantedSetUp(view, from, to);
  if (wanted === undefined) return inconclusive(`nothing shows that a set-up pod was wanted on ${node}`, evidence);
  const measured = { measured: to - from, limit: forSeconds, unit: 's' };
  const all = [...evidence, issued, wanted.seq, lines.findLast((s) => s.t <= to)?.seq ?? issued];
  if (to - from < forSeconds) {
    return inconclusive(`it was watched for ${secs(to - from)} only, ${secs(forSeconds)} are asked`, all, measured);
  }
  const state = lines.findLast((s) => s.t <= to && s.state.reason !== undefined)?.state;
  const why = state === undefined ? 'no reason given' : `${state.reason}, ${state.message}`;
  return holds(`${node} registered and stayed NotReady for ${secs(to - from)} (${why}); ${wanted.what}`, all, measured);
}

/** The line that shows the node's certificate issued. */
function certificate(view: JournalView, node: string): number | undefined {
  const requests = view.objects('CertificateSigningRequest').flatMap((h) => h.seen);
  return requests.find((s) => s.state.node === node && s.state.issued)?.seq;
}

/** A DaemonSet short of pods, or told that it may not make one: events about the same failure are rate-limited. */
function wantedSetUp(view: JournalView, from: number, to: number): { seq: number; what: string } | undefined {
  for (const { name, ns, seen } of view.objects('DaemonSet')) {
    const short = seen.find((s) => s.t >= from && s.t <= to && s.op !== 'deleted' && s.state.current < s.state.desired);
    if (short === undefined) continue;
    const { current, desired } = short.state;
    return { seq: short.seq, what: `DaemonSet/${ns}/${name} has ${current} of ${desired} pods` };
  }
  const refused = view
    .events('FailedCreate', from, to)
    .find((e) => e.state.regarding.startsWith('DaemonSet/') && uncallableWebhook(e.state.message) !== undefined);
  if (refused === undefined) return undefined;
  return { seq: refused.seq, what: `${refused.state.regarding} may make no pod: its webhook does not answer` };
}
