import { readFile } from 'node:fs/promises';
import type { V1Node } from '@kubernetes/client-node';
import type { KubeClient } from '../../../harness/kube/client.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { NODE_LABEL } from '../../../harness/labels.ts';
import { waitFor } from '../../../harness/wait.ts';
import type { Profile } from '../../profiles/profile.ts';

export function realNodeNames(profile: Profile): string[] {
  return Array.from({ length: profile.cluster.nodes.real.count }, (_, i) => `real-${i}`);
}

/** kwok takes a second or two for hundreds of nodes. */
const FAKE_NODES_SECONDS = 60;

/** Returns when kwok has made every fake node Ready: proof that it lives, before anything leans on it. */
export async function fakeNodesReady(
  client: KubeClient,
  count: number,
  log: string,
  signal: AbortSignal,
): Promise<void> {
  const query = { labelSelector: `${NODE_LABEL}=fake` };
  const isReady = (node: V1Node) => node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
  let ready = 0;
  await waitFor(
    async () => {
      const { items } = await client.get<{ items: V1Node[] }>(pathOf('Node'), { query, signal });
      ready = items.filter(isReady).length;
      return ready >= count;
    },
    {
      what: 'kwok to make the fake nodes ready',
      timeoutSeconds: FAKE_NODES_SECONDS,
      signal,
      seen: async () => `${ready} of ${count}; ${(await readFile(log, 'utf8')).trimEnd().split('\n').at(-1)}`,
      next: `read ${log}`,
    },
  );
}

interface Size {
  cpu: string;
  memory: string;
  pods: number;
}

/** Creates the Node objects: real ones that the node agent serves, and tainted ones that kwok plays. */
export async function createNodes(client: KubeClient, profile: Profile, version: string): Promise<void> {
  const { real, fake } = profile.cluster.nodes;
  const fakes = Array.from({ length: fake.count }, (_, i) => `fake-${i}`);
  await Promise.all([
    ...realNodeNames(profile).map((name) => client.create('/api/v1/nodes', node(name, real, version, false))),
    ...fakes.map((name) => client.create('/api/v1/nodes', node(name, fake, version, true))),
  ]);
}

function node(name: string, size: Size, version: string, fake: boolean): object {
  const now = new Date().toISOString();
  const resources = { cpu: size.cpu, memory: size.memory, pods: String(size.pods) };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64',
        [NODE_LABEL]: fake ? 'fake' : 'real',
      },
    },
    // Only pods that say so may land where nothing runs for real; the gatekeeper must never seem to.
    spec: fake ? { taints: [{ key: NODE_LABEL, value: 'fake', effect: 'NoSchedule' }] } : {},
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [{ type: 'Hostname', address: name }],
      nodeInfo: {
        kubeletVersion: `v${version}`,
        containerRuntimeVersion: fake ? 'kwok://0' : 'process://0',
        operatingSystem: 'linux',
        architecture: 'amd64',
        kernelVersion: '',
        osImage: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
        kubeProxyVersion: '',
      },
      conditions: fake
        ? []
        : [
            {
              type: 'Ready',
              status: 'True',
              reason: 'KubeletReady',
              message: 'served by the falldown node agent',
              lastHeartbeatTime: now,
              lastTransitionTime: now,
            },
          ],
    },
  };
}
