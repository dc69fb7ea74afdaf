import type { KubeClient } from '../../../harness/kube/client.ts';
import { isNotFound } from '../../../harness/kube/errors.ts';
import type { KubeObject } from '../../../harness/kube/object.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { NODE_LABEL } from '../../../harness/labels.ts';
import { waitFor } from '../../../harness/wait.ts';

const NAMESPACE = 'kube-system';
/** kubeadm makes them at the end of its init, half a minute after the API server first answers on a busy machine. */
const ADDON_SECONDS = 120;

/** A DaemonSet's pods tolerate every taint; kept off the nodes that kwok plays, where they would only seem to run. */
export const OFF_FAKE_NODES = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: NODE_LABEL, operator: 'NotIn', values: ['fake'] }] }],
    },
  },
};

/** The DaemonSet of kind's own CNI; the one of falldown's node images needs no change. */
const KINDNET = 'kindnet';

/**
 * Keeps the cluster's own pods out of the way of those under test: CoreDNS on the control plane, DaemonSets off the
 * fake nodes, and no requests of them on the real ones, which are the gatekeeper's and are exactly as big as the
 * profile says.
 */
export async function settleSystemPods(client: KubeClient, signal: AbortSignal): Promise<void> {
  const affinity = { spec: { template: { spec: { affinity: OFF_FAKE_NODES } } } };
  const container = { name: 'kindnet-cni', resources: { requests: { cpu: null, memory: null } } };
  const kindnet = { spec: { template: { spec: { affinity: OFF_FAKE_NODES, containers: [container] } } } };
  const nodeSelector = { 'node-role.kubernetes.io/control-plane': '' };
  await Promise.all([
    patchAddon(client, 'Deployment', 'coredns', { spec: { template: { spec: { nodeSelector } } } }, signal),
    patchAddon(client, 'DaemonSet', 'kube-proxy', affinity, signal),
  ]);
  // Made after the others, as kind installs the CNI when kubeadm is done.
  const name = await cniOf(client, signal);
  if (name === KINDNET) await patchAddon(client, 'DaemonSet', KINDNET, kindnet, signal);
}

async function patchAddon(
  client: KubeClient,
  kind: 'Deployment' | 'DaemonSet',
  name: string,
  change: object,
  signal: AbortSignal,
): Promise<void> {
  const path = pathOf(kind, { namespace: NAMESPACE, name });
  const look = () =>
    client.patch(path, 'strategic', change, { signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  await waitFor(look, { what: `kubeadm to make ${kind}/${NAMESPACE}/${name}`, timeoutSeconds: ADDON_SECONDS, signal });
}

/** The DaemonSet that is neither kube-proxy nor anybody else's. */
async function cniOf(client: KubeClient, signal: AbortSignal): Promise<string> {
  const look = async () => {
    const { items } = await client.get<{ items: KubeObject[] }>(pathOf('DaemonSet', { namespace: NAMESPACE }), {
      signal,
    });
    return items.map(({ metadata }) => metadata.name).find((name) => name !== 'kube-proxy');
  };
  return waitFor(look, { what: 'kind to install a CNI', timeoutSeconds: ADDON_SECONDS, signal });
}
