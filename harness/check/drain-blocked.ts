import { drainIn, leaving } from './drains.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';

/**
 * F16: a disruption budget that allows no disruption blocks the drain for as long as anybody tries: every eviction of the
 * gatekeeper is refused with 429. Measured: seconds of trying. Nobody can wait for ever, so it is bounded, and the node has
 * to be uncordoned afterwards.
 */
export function drainBlocked(
  view: JournalView,
  { phase = 'drain', forSeconds = 20 }: { phase?: string; forSeconds?: number } = {},
): Finding {
  const drain = drainIn(view, phase);
  if (drain === undefined) return neverReached(view, phase);
  const { from, to, node, cordon, asked, pods } = drain;
  const accepted = asked.find((r) => r.code >= 200 && r.code < 300);
  if (accepted !== undefined)
    return violated(`${accepted.object} was evicted: no budget held it`, [cordon.seq, accepted.seq]);
  const gone = pods.flatMap((p) => leaving(p, from, to) ?? []).at(0);
  if (gone !== undefined) {
    return violated(`${podRef({ ns: gone.ns ?? '', name: gone.name })} went away all the same`, [cordon.seq, gone.seq]);
  }
  const refused = asked.filter((r) => r.code === 429);
  const [first, last] = [refused[0], refused.at(-1)];
  if (first === undefined || last === undefined) {
    const other = asked[0];
    const seen = other === undefined ? 'nobody asked for it' : `${other.code} ${other.reason}: ${other.message}`;
    return inconclusive(`no eviction of the gatekeeper was refused for a budget: ${seen}`, [cordon.seq]);
  }
  const evidence = [cordon.seq, first.seq, last.seq];
  const hidden = view.blind('Pod', from, to) ?? view.blind('Node', from, to);
  if (hidden !== undefined) return inconclusive(`whether the drain was blocked cannot be told: ${hidden}`, evidence);
  if (drain.cordoned === undefined) return inconclusive(`${node} was never seen to be cordoned`, evidence);
  const until = view.marks('drain.given-up').find((m) => m.t >= first.t && m.t <= to);
  const tried = (until ?? last).t - first.t;
  const measured = { measured: tried, limit: forSeconds, unit: 's' };
  if (tried < forSeconds || refused.length < 2) {
    const because = `it was tried ${plural(refused.length, 'time')} in ${secs(tried)} only, ${secs(forSeconds)} are asked`;
    return inconclusive(because, evidence, measured);
  }
  const uncordoned = view.requests.find((r) => r.intent === 'uncordon' && r.object === node && r.seq > last.seq);
  if (uncordoned === undefined || uncordoned.code !== 200) {
    return inconclusive(`${node} was not uncordoned afterwards`, evidence, measured);
  }
  return holds(
    `the eviction of ${first.object} was refused ${plural(refused.length, 'time')} in ${secs(tried)} (429: ${first.message}), until ${first.actor} gave up and uncordoned ${node}`,
    [...evidence, drain.cordoned.seq, uncordoned.seq],
    measured,
  );
}
