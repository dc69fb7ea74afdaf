import { ATTEMPTS, successorSlippedIn } from '../gatekeeper/false-start.ts';
import type { World, WorldParts } from './world.ts';

/**
 * Injects the collision until the gatekeeper is gone and requests are refused. A false start (one run in five on kind
 * with 2 cores) is taken back and tried again.
 */
export async function collide(world: World, parts: WorldParts): Promise<void> {
  const { preemptionWithinSeconds, recoveryWithinSeconds } = world.profile.timings;
  for (let left = ATTEMPTS - 1; ; left--) {
    const before = new Set(parts.live.gatekeepers.keys());
    await world.collision.inject();
    await world.gatekeeperGone(preemptionWithinSeconds);
    await world.firstRefusal(30);
    if (left === 0 || !(await successorSlippedIn(parts, before))) return;
    await world.collision.revert();
    await world.gatekeeperEnforces(recoveryWithinSeconds);
    world.collision.discount();
  }
}
