import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { batchCollision } from '../faults/batch-collision.ts';
import { crashLoop } from '../faults/crash-loop.ts';
import { evictOne } from '../faults/evict-one.ts';
import type { Fault } from '../faults/fault.ts';
import { nodeCriticalCollision } from '../faults/node-critical-collision.ts';
import { nodeDrain } from '../faults/node-drain.ts';
import { priorityCollision } from '../faults/priority-collision.ts';
import { processControlOf } from '../faults/process-control-of.ts';
import { rulesDeleted } from '../faults/rules-deleted.ts';
import { stall } from '../faults/stall.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import type { Live } from '../observe/live.ts';
import type { Person } from '../people/person.ts';
import type { TriggerName } from './safeguard.ts';

interface Around {
  handle: ClusterHandle;
  profile: Profile;
  live: Live;
  runId: string;
  signal: AbortSignal;
  /** An identity of the profile. */
  person(name: string): Person;
  pressure: Fault;
}

/** What each trigger of a trial does to the cluster, and who does it. */
export function triggerFault(trigger: TriggerName, around: Around): Fault {
  const { handle, profile, live, runId, signal, person, pressure } = around;
  const { security, encoding } = profile.workloads;
  const team = person('security-team');
  const admin = () => person('platform-admin');
  switch (trigger) {
    case 'collision':
      return priorityCollision(security, team, runId);
    case 'node-critical-collision':
      return nodeCriticalCollision(security, handle.nodes.length, team, runId);
    case 'batch-collision':
      return batchCollision({ encoding, user: person('batch-user'), admin: admin(), runId });
    case 'drain':
      return nodeDrain(admin, () => gatekeepersNode(live));
    case 'evict-one':
      return evictOne(admin, () => ({ namespace: KYVERNO_NAMESPACE, name: readyGatekeeper(live).name }));
    case 'rules-deleted':
      return rulesDeleted(admin);
    case 'crash-loop':
      return crashLoop(handle.name, signal);
    case 'stall':
      return stall(() => processControlOf(handle));
    case 'node-pressure':
      return pressure;
  }
}

function gatekeepersNode(live: Live): string {
  const { name, node } = readyGatekeeper(live);
  if (node === undefined) throw new Error(`Pod/${name} has no node`);
  return node;
}

function readyGatekeeper(live: Live) {
  const pod = [...live.gatekeepers.values()].find(({ ready, deleting }) => ready && !deleting);
  if (pod === undefined) throw new Error('no pod of the gatekeeper is ready');
  return pod;
}
