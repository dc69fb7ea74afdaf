import { readFile } from 'node:fs/promises';
import type { V1Node } from '@kubernetes/client-node';
import type { KubeClient } from '../../../harness/kube/client.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { NODE_LABEL } from '../../../harness/labels.ts';
import { waitFor } from '../../../harness/wait.ts';
import type { Profile } from '../../profiles/profile.ts';
import { FAKE_NODES } from './configuration.ts';
import { nodeObject } from './node-object.ts';

/** kwok takes a second or two for hundreds of nodes. */
const READY_SECONDS = 60;

/** Creates the tainted Node objects that kwok plays: `fake-0`, `fake-1` … */
export async function createFakeNodes(client: KubeClient, profile: Profile): Promise<void> {
  const { kubernetes, nodes } = profile.cluster;
  const names = Array.from({ length: nodes.fake.count }, (_, i) => `fake-${i}`);
  const fake = (name: string) => ({
    ...nodeObject(name, 'fake', nodes.fake, { version: kubernetes, runtime: 'kwok://0', conditions: [] }),
    // Only pods that say so may land where nothing runs for real; the gatekeeper must never seem to.
    spec: { taints: [{ key: NODE_LABEL, value: 'fake', effect: 'NoSchedule' }] },
  });
  await Promise.all(names.map((name) => client.create(pathOf('Node'), fake(name))));
}

/** Returns when kwok has made every fake node Ready: proof that it lives, before anything leans on it. */
export async function fakeNodesReady(
  client: KubeClient,
  count: number,
  log: string,
  signal: AbortSignal,
): Promise<void> {
  const query = { labelSelector: FAKE_NODES };
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
      timeoutSeconds: READY_SECONDS,
      signal,
      seen: async () => `${ready} of ${count}; ${(await readFile(log, 'utf8')).trimEnd().split('\n').at(-1)}`,
      next: `read ${log}`,
    },
  );
}
