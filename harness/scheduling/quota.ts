import type { Pod } from './pod.ts';
import { quantity } from './quantity.ts';

/** A ResourceQuota, as far as it limits pods. */
export interface Quota {
  namespace: string;
  name: string;
  hard: Record<string, string>;
  /** Limits only pods of these priority classes; undefined: every pod of the namespace. */
  classes?: string[] | undefined;
}

const USES: Record<string, (pod: Pod) => number> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: (pod) => pod.cpu,
  'requests.cpu': (pod) => pod.cpu,
  memory: (pod) => pod.memory,
  'requests.memory': (pod) => pod.memory,
};

/** Name of the quota that does not let this pod be made beside those that exist; undefined when all of them do. */
export function refusedByQuota(pod: Pod, existing: readonly Pod[], quotas: readonly Quota[]): string | undefined {
  return quotas.find((quota) => {
    if (!covers(quota, pod)) return false;
    const others = existing.filter((p) => covers(quota, p));
    return Object.entries(quota.hard).some(([resource, hard]) => {
      const uses = USES[resource];
      if (uses === undefined) return false;
      const limit = quantity(hard, resource.endsWith('cpu') ? 1e-3 : 1);
      return others.reduce((sum, p) => sum + uses(p), uses(pod)) > limit;
    });
  })?.name;
}

function covers({ namespace, classes }: Quota, pod: Pod): boolean {
  return namespace === pod.namespace && (classes === undefined || classes.includes(pod.priorityClass ?? ''));
}
