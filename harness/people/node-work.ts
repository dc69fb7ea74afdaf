import type { V1Pod } from '@kubernetes/client-node';
import { type KubeObject, objectName, wire } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Attempt, Person } from './person.ts';

/** `kubectl cordon` (or `uncordon`). */
export function cordon(person: Person, node: string, unschedulable: boolean): Promise<Attempt> {
  return person.tries(unschedulable ? 'cordon' : 'uncordon', 'patch', objectName('Node', { name: node }), (client) =>
    client.patch(pathOf('Node', { name: node }), 'merge', { spec: { unschedulable } }),
  );
}

/** Asks the eviction API to evict a pod: the way of `kubectl drain`, which a PodDisruptionBudget can refuse with 429. */
export function evict(person: Person, pod: { namespace: string; name: string }, intent: string): Promise<Attempt> {
  return person.tries(intent, 'evict', objectName('Pod', pod), (client) =>
    client.create(`${pathOf('Pod', pod)}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod }),
  );
}

export interface DrainedPod {
  namespace: string;
  name: string;
  uid: string;
}

/** The pods of a node that `kubectl drain --ignore-daemonsets --force` sees off: all but static ones and those of DaemonSets. */
export async function podsToDrain(person: Person, node: string): Promise<DrainedPod[]> {
  const query = { fieldSelector: `spec.nodeName=${node}` };
  const { items } = await person.client.get<{ items: KubeObject[] }>(pathOf('Pod'), { query });
  return items
    .map((item) => wire<V1Pod>(item))
    .filter(({ metadata }) => metadata?.annotations?.['kubernetes.io/config.mirror'] === undefined)
    .filter(({ metadata }) => !metadata?.ownerReferences?.some((o) => o.controller && o.kind === 'DaemonSet'))
    .map(({ metadata }) => ({
      namespace: metadata?.namespace ?? '',
      name: metadata?.name ?? '',
      uid: metadata?.uid ?? '',
    }));
}

/** Deletes the pods of a namespace, all of them: what got in while nothing was enforced. */
export async function clearOut(person: Person, namespace: string): Promise<void> {
  await person.tries('clear-out', 'deletecollection', objectName('Namespace', { name: namespace }), (client) =>
    client.delete(pathOf('Pod', { namespace }), { gracePeriodSeconds: 0 }),
  );
}
