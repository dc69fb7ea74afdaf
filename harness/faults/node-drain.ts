import { cordon, type DrainedPod, evict, podsToDrain } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';

export interface NodeDrain extends Fault {
  /** The node being drained; undefined before `inject`. */
  readonly node: string | undefined;
  /** Asks again for what was refused, as `kubectl drain` does every 5 s. Returns the pods that are still there. */
  advance(): Promise<DrainedPod[]>;
}

/**
 * F6: somebody takes a node out for maintenance, as `kubectl drain --ignore-daemonsets --delete-emptydir-data --force`
 * does: cordon it, then ask the eviction API for each pod. `inject` asks for each pod once, `revert` uncordons.
 * `pick` names the node when the drain begins.
 */
export function nodeDrain(admin: () => Person, pick: () => string): NodeDrain {
  let node: string | undefined;
  const evicted = new Set<string>();

  async function advance(): Promise<DrainedPod[]> {
    if (node === undefined) throw new Error('no node is being drained');
    const left = await podsToDrain(admin(), node);
    for (const pod of left) {
      // An accepted eviction only begins the end of a pod: it is waited for, not asked for again.
      if (evicted.has(pod.uid)) continue;
      const { ok, code } = await evict(admin(), pod, 'drain');
      if (ok || code === 404) evicted.add(pod.uid);
    }
    return left;
  }

  return {
    name: 'node-drain',
    describe:
      'the node that the gatekeeper runs on is drained for maintenance: cordoned, and its pods evicted by the API',
    get node() {
      return node;
    },
    advance,

    async inject() {
      node = pick();
      const { ok, message } = await cordon(admin(), node, true);
      if (!ok) throw new Error(`Node/${node} could not be cordoned: ${message}`);
      await advance();
    },

    async revert() {
      if (node === undefined) return;
      const { ok, message } = await cordon(admin(), node, false);
      if (!ok) throw new Error(`Node/${node} could not be uncordoned: ${message}`);
    },
  };
}
