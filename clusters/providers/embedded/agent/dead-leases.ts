import type { V1Lease, V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../../../../harness/kube/client.ts';
import { isNotFound } from '../../../../harness/kube/errors.ts';
import { pathOf } from '../../../../harness/kube/paths.ts';

const LEASES = '/apis/coordination.k8s.io/v1';
/** One lease for each node. */
const NODE_LEASES = 'kube-node-lease';

/**
 * Deletes the leases that were held when all processes were stopped: whoever starts next would wait out a lease (12 s for
 * Kyverno, 200 s for kwok, which plays no pod of a node before it holds the node's) of a process that the checkpoint
 * killed, not the cluster. Leases of pods that had died by themselves before stay, and those that the node agent renews.
 */
export async function forgetDeadHolders(client: KubeClient, nodes: readonly string[]): Promise<void> {
  const held = await Promise.all(nodes.map((node) => podsOf(client, node)));
  const { items } = await client.get<{ items: V1Lease[] }>(`${LEASES}/leases`);
  const dead = items.filter(({ metadata, spec }) => {
    const holder = spec?.holderIdentity ?? '';
    if (metadata?.namespace === NODE_LEASES) return !nodes.includes(metadata.name ?? '');
    return held.flat().some((pod) => pod.namespace === metadata?.namespace && holder.startsWith(pod.name));
  });
  await Promise.all(
    dead.map(({ metadata }) =>
      client.delete(`${LEASES}/namespaces/${metadata?.namespace}/leases/${metadata?.name}`).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      }),
    ),
  );
}

async function podsOf(client: KubeClient, node: string): Promise<{ namespace: string; name: string }[]> {
  const query = { fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed` };
  const { items } = await client.get<{ items: V1Pod[] }>(pathOf('Pod'), { query });
  return items.map(({ metadata }) => ({ namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' }));
}
