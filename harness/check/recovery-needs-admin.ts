import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { few, holds, inconclusive, neverReached, violated } from './verdicts.ts';

const ok = (r: { code: number }) => r.code >= 200 && r.code < 300;

/** F13: the people on call were refused (403) when they tried to delete the rules; the platform admin then could. */
export function recoveryNeedsAdmin(
  view: JournalView,
  { onCall = 'infra-oncall', admin = 'platform-admin' }: { onCall?: string; admin?: string } = {},
): Finding {
  const tries = view.requests.filter((r) => r.intent === 'delete-rules');
  if (tries.length === 0) return neverReached(view, 'delete-rules');
  const theirs = tries.filter((r) => r.actor === onCall);
  const through = theirs.find(ok);
  if (through !== undefined) return violated(`${onCall} could delete ${through.object} without help`, [through.seq]);
  const forbidden = theirs.find((r) => r.code === 403);
  if (forbidden === undefined) {
    const other = theirs[0];
    const seen = other === undefined ? 'never tried' : `got ${other.code} ${other.reason}, not 403`;
    return inconclusive(`${onCall} ${seen}`, other === undefined ? [] : [other.seq]);
  }
  const admins = tries.filter((r) => r.actor === admin);
  const done = admins.filter(ok);
  const first = done[0];
  if (first === undefined) {
    const other = admins[0];
    if (other === undefined) return inconclusive(`${admin} never tried`, [forbidden.seq]);
    if (other.code === 0) return inconclusive(`${admin} got no answer`, [forbidden.seq, other.seq]);
    return violated(`${admin} could not delete the rules either: ${other.code} ${other.reason}`, [
      forbidden.seq,
      other.seq,
    ]);
  }
  if (first.seq < forbidden.seq) {
    return violated(`${admin} deleted the rules before ${onCall} had tried`, [first.seq, forbidden.seq]);
  }
  return holds(
    `${onCall} was refused (403), ${admin} deleted ${few(done.map((r) => r.object))}`,
    [forbidden.seq, ...done.map((r) => r.seq)],
    { measured: forbidden.code, limit: 403, unit: 'HTTP status' },
  );
}
