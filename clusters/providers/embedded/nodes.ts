import type { KubeClient } from '../../../harness/kube/client.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import type { Profile } from '../../profiles/profile.ts';
import { nodeObject } from '../kwok/node-object.ts';

export function realNodeNames(profile: Profile): string[] {
  return Array.from({ length: profile.cluster.nodes.real.count }, (_, i) => `real-${i}`);
}

/** Creates the Node objects that the node agent serves. */
export async function createRealNodes(client: KubeClient, profile: Profile): Promise<void> {
  const { kubernetes, nodes } = profile.cluster;
  const now = new Date().toISOString();
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'served by the falldown node agent',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const is = { version: kubernetes, runtime: 'process://0', conditions: [ready] };
  const real = realNodeNames(profile).map((name) => nodeObject(name, 'real', nodes.real, is));
  await Promise.all(real.map((node) => client.create(pathOf('Node'), node)));
}
