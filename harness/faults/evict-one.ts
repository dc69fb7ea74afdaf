import { evict } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';

export const evictOneDescription =
  'one pod of the gatekeeper is evicted through the eviction API, as a descheduler or an autoscaler does';

/**
 * Maintenance at its mildest: one replica is asked to go, once, and nobody insists when a PodDisruptionBudget refuses.
 * `pick` names the pod when it happens. There is nothing to revert: the ReplicaSet replaces the pod, or cannot.
 */
export function evictOne(admin: () => Person, pick: () => { namespace: string; name: string }): Fault {
  return {
    name: 'evict-one',
    describe: evictOneDescription,
    async inject() {
      await evict(admin(), pick(), 'evict-one');
    },
    async revert() {},
  };
}
