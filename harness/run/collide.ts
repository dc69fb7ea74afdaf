import { currentShape } from '../gatekeeper/gatekeeper.ts';
import { waitFor } from '../wait.ts';
import type { World, WorldParts } from './world.ts';

/**
 * Injects the collision until the gatekeeper is gone and requests are refused. A busy kubelet may stop the gatekeeper
 * so late that it still lets its own successor in (one run in five on kind with 2 cores: the ReplicaSet asks after 0.1 to
 * 0.4 s, the process ends after 0.3 to 1 s). Such a cluster heals with the trigger, so it was a false start: it is taken
 * back and tried again.
 */
export async function collide(world: World, parts: WorldParts, attempts: number): Promise<void> {
  const { preemptionWithinSeconds, recoveryWithinSeconds } = world.profile.timings;
  for (let left = attempts - 1; ; left--) {
    await world.collision.inject();
    await world.gatekeeperGone(preemptionWithinSeconds);
    await world.firstRefusal(30);
    if (left === 0 || !(await successorSlippedIn(parts))) return;
    await world.collision.revert();
    await world.gatekeeperEnforces(recoveryWithinSeconds);
    world.collision.discount();
  }
}

/** Only where the webhook sees the gatekeeper's own namespace; elsewhere the successor is let in by design. */
async function successorSlippedIn({ live, journal, admin, signal }: WorldParts): Promise<boolean> {
  if ((await currentShape(admin)) !== 'self-admission') return false;
  const since = journal.now();
  // Once nobody answers, nobody can be let in any more; the watch has told of whoever was by then.
  const what = 'the webhook to be out of reach';
  await waitFor(() => live.deadlockedSince(since), { what, timeoutSeconds: 30, signal, everySeconds: 0.05 });
  return [...live.gatekeepers.values()].some((pod) => !pod.deleting);
}
