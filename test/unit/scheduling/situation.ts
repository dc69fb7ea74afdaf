import type { Situation, Workload } from '../../../harness/scheduling/forecast.ts';
import type { Node, Pod } from '../../../harness/scheduling/pod.ts';

/** A node of 1000 millicores unless said otherwise. */
export function node(name: string, words: Partial<Node> = {}): Node {
  return { name, labels: { 'kubernetes.io/hostname': name }, taints: [], cpu: 1000, memory: 1e9, pods: 110, ...words };
}

export function pod(name: string, words: Partial<Pod> = {}): Pod {
  return {
    workload: `Deployment/shop/${name}`,
    namespace: 'shop',
    labels: { app: name },
    priority: 0,
    preempts: true,
    cpu: 100,
    memory: 1,
    replaced: true,
    started: 0,
    ...words,
  };
}

/** A workload of the namespace shop, one pod of priority 0 and 100m unless said otherwise. */
export function workload(
  name: string,
  words: Partial<Pod> = {},
  how: Partial<Pick<Workload, 'count' | 'wave' | 'team'>> = {},
): Workload {
  const { started: _, ...one } = pod(name, words);
  return { ref: one.workload, wave: 0, count: 1, pod: one, ...how };
}

export function situation(workloads: Workload[], words: Partial<Situation> = {}): Situation {
  return { nodes: [node('n1')], bound: [], workloads, budgets: [], quotas: [], ...words };
}
