import type { Profile } from '../../clusters/providers/provider.ts';
import { nodeAffinityTo } from '../load/placement.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';
import { priorityCollision } from './priority-collision.ts';

export const nodeCriticalDescription =
  'the security service comes as node agents do: at system-node-critical, on every real node, tolerating every taint';

/** F7: a priority above even the critical system services. */
export function nodeCriticalCollision(
  security: Profile['workloads']['security'],
  nodes: number,
  team: Person,
  runId: string,
): Fault {
  const agent = {
    ...security,
    replicas: nodes,
    priorityClassName: 'system-node-critical',
    tolerations: [{ operator: 'Exists' }],
    // Those that tolerate every taint fit on fake nodes too, where they are in nobody's way.
    nodeAffinity: nodeAffinityTo('real'),
  };
  return {
    ...priorityCollision(agent, team, runId),
    name: 'node-critical-collision',
    describe: nodeCriticalDescription,
  };
}
