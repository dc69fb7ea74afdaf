import type { V1Node } from '@kubernetes/client-node';
import { runCommand } from '../../../harness/command.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { waitFor } from '../../../harness/wait.ts';
import type { Profile } from '../../profiles/profile.ts';
import { createFakeNodes, fakeNodesReady } from '../kwok/fake-nodes.ts';
import { type Creating, containersRun, kindEnv } from './create.ts';
import { inNode } from './docker.ts';
import type { ClusterImages } from './images.ts';
import { startKwok } from './kwok-process.ts';
import { settleSystemPods } from './system-pods.ts';

const LOAD_SECONDS = 180;
const NODES_SECONDS = 180;

export interface Settling extends Creating {
  profile: Profile;
  images: ClusterImages;
  /** Names of the real nodes. */
  nodes: string[];
  kubeconfig: string;
  /** The kwok binary. */
  kwok: string;
  /** kind is done. */
  created: Promise<void>;
}

/**
 * Everything between an API server that answers and a whole cluster, at the same time as far as one thing does not need
 * another: nodes join while images are loaded into them and kwok makes the fake ones ready. Resolves when every node is
 * Ready.
 */
export async function settle(s: Settling): Promise<void> {
  const { nodes, signal } = s;
  const client = new KubeClient(await credentialsFrom(s.kubeconfig), { actor: 'provider', connections: 16 });
  try {
    await Promise.all([
      s.created,
      loadImages(s),
      settleSystemPods(client, signal).then(() => startFakeNodes(s, client)),
      nodesReady(client, nodes, signal),
    ]);
  } finally {
    await client.close();
  }
}

/** Into the real nodes alone: nothing of the gatekeeper runs on the control plane. */
export async function loadImages(s: Pick<Settling, 'cluster' | 'kind' | 'images' | 'nodes' | 'signal' | 'dir'>) {
  const { cluster, kind, images, nodes, signal, dir } = s;
  if (images.load.length === 0) return;
  await containersRun(cluster, nodes, signal);
  const what = 'the containerd of a node did not start';
  const ready = 'until ctr version >/dev/null 2>&1; do sleep 0.2; done';
  await Promise.all(nodes.map((node) => inNode(node, ready, { what, signal, timeoutSeconds: 60 })));
  const args = ['load', 'docker-image', '--name', cluster, '--nodes', nodes.join(','), ...images.load];
  await runCommand(kind, args, {
    what: 'images could not be loaded into the nodes',
    signal,
    timeoutSeconds: LOAD_SECONDS,
    env: kindEnv(cluster),
    log: `${dir}/logs/kind.log`,
  });
}

async function startFakeNodes({ cluster, dir, kwok, kubeconfig, profile, signal }: Settling, client: KubeClient) {
  const { count } = profile.cluster.nodes.fake;
  if (count === 0) return;
  const log = await startKwok({ cluster, dir, kwok, kubeconfig });
  await createFakeNodes(client, profile);
  await fakeNodesReady(client, count, log, signal);
}

async function nodesReady(client: KubeClient, names: readonly string[], signal: AbortSignal): Promise<void> {
  let seen: string[] = [];
  await waitFor(
    async () => {
      const nodes = await Promise.all(
        names.map((name) => client.get<V1Node>(pathOf('Node', { name }), { signal }).catch(() => undefined)),
      );
      seen = nodes.map((node, i) => `${names[i]}: ${readyOf(node)}`);
      return nodes.every((node) => readyOf(node) === 'Ready');
    },
    { what: 'the real nodes to be ready', timeoutSeconds: NODES_SECONDS, signal, seen: () => seen.join('\n') },
  );
}

function readyOf(node: V1Node | undefined): string {
  if (node === undefined) return 'has not joined';
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  return ready?.status === 'True' ? 'Ready' : (ready?.message ?? 'not ready');
}
