import { ATTEMPTS, successorSlippedIn } from '../gatekeeper/false-start.ts';
import { fanOutGoesOn } from '../recovery/go-on.ts';
import { NotSeen, waitFor } from '../wait.ts';
import type { World, WorldParts } from './world.ts';

/** A pod is given 30 s to end, unless it says otherwise. */
const EXIT_SECONDS = 35;

/**
 * Injects the collision until the gatekeeper is gone and requests are refused. A false start (one run in five on kind
 * with 2 cores) is taken back and tried again.
 */
export async function collide(world: World, parts: WorldParts): Promise<void> {
  const { preemptionWithinSeconds, recoveryWithinSeconds } = world.profile.timings;
  for (let left = ATTEMPTS - 1; ; left--) {
    const before = new Set(parts.live.gatekeepers.keys());
    const processes = [...parts.live.gatekeeperProcesses];
    await world.collision.inject();
    await world.gatekeeperGone(preemptionWithinSeconds);
    await world.firstRefusal(30);
    await processesEnd(parts, processes);
    if (left === 0 || !(await successorSlippedIn(parts, before))) return;
    await world.collision.revert();
    await world.gatekeeperEnforces(recoveryWithinSeconds);
    // In a cluster that has come to rest the next try would be a false start for sure.
    const { encoding } = world.profile.workloads;
    await fanOutGoesOn({ person: world.person('batch-user'), encoding, live: parts.live, signal: parts.signal });
    world.collision.discount();
  }
}

/**
 * One that was told to end may take seconds, and what comes next may be a checkpoint, which ends everything. That it was
 * never seen to exit is for the checks to say.
 */
async function processesEnd({ live, signal }: WorldParts, processes: readonly string[]): Promise<void> {
  await waitFor(() => !processes.some((process) => live.gatekeeperProcesses.has(process)), {
    what: 'the gatekeeper’s processes to exit',
    timeoutSeconds: EXIT_SECONDS,
    signal,
    everySeconds: 0.05,
  }).catch((error: unknown) => {
    if (!(error instanceof NotSeen)) throw error;
  });
}
