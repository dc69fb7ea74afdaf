import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Live } from '../observe/live.ts';
import { waitFor } from '../wait.ts';
import { currentShape } from './gatekeeper.ts';

/** What a trigger that turns out a false start is given in all, the first try included. */
export const ATTEMPTS = 3;

interface Sight {
  admin: KubeClient;
  live: Live;
  journal: Journal;
  signal: AbortSignal;
}

/**
 * Whether a gatekeeper that was taken away has let its own successor in. A busy kubelet may end the only replica so late
 * that it still answers when its ReplicaSet asks for another (on kind with 2 cores the ReplicaSet asks after 0.1 to 0.4 s,
 * the process ends after 0.3 to 1 s). Such a cluster heals with its trigger, so it is no outage to look at.
 *
 * Only where the webhook sees the gatekeeper's own namespace; elsewhere the successor is let in by design. False as well
 * when the gatekeeper was not taken away but broken, or is ready again.
 *
 * @param before uids of the gatekeeper's pods when the trigger was injected.
 */
export async function successorSlippedIn(
  { admin, live, journal, signal }: Sight,
  before: ReadonlySet<string>,
): Promise<boolean> {
  const taken = [...before].every((uid) => live.gatekeepers.get(uid)?.deleting !== false);
  if (!taken || (await currentShape(admin)) !== 'self-admission') return false;
  const since = journal.now();
  // Once nobody answers, nobody can be let in any more; the watch has told of whoever was by then.
  await waitFor(() => live.readyGatekeepers > 0 || live.deadlockedSince(since), {
    what: 'the webhook to be out of reach',
    timeoutSeconds: 30,
    signal,
    everySeconds: 0.05,
  });
  return [...live.gatekeepers].some(([uid, pod]) => !before.has(uid) && !pod.deleting);
}
