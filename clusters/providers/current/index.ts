import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { V1Node } from '@kubernetes/client-node';
import { FalldownError } from '../../../harness/errors.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom, kubeconfigText } from '../../../harness/kube/credentials.ts';
import { isNotFound } from '../../../harness/kube/errors.ts';
import { objectName } from '../../../harness/kube/object.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { NODE_LABEL } from '../../../harness/labels.ts';
import { namespacesOf } from '../../../harness/namespaces.ts';
import { clusterDir } from '../../../harness/paths.ts';
import { kyvernoChart } from '../../toolchain/chart.ts';
import { ensure } from '../../toolchain/ensure.ts';
import type { ClusterHandle, ClusterProvider, Profile, UpOptions } from '../provider.ts';
import { KYVERNO, removeOurObjects } from './remove.ts';

/** What is needed to find our objects again, after a crash too. */
interface Footprint {
  runId: string;
  /** helm binary that installed the gatekeeper. */
  helm: string;
}

/**
 * The cluster of the user's current context. Nobody but the user can say that it may be broken, so its name has to be
 * given with --allow-cluster; and a gatekeeper that is there already is never touched.
 */
export function current(allowed: string | undefined): ClusterProvider {
  return {
    name: 'current',
    // Namespaces with thousands of pods go slowly.
    cleanupSeconds: 180,

    /** Asks the cluster, before anything is made anywhere, whether it may be used. */
    async missing() {
      const credentials = await credentialsFrom(userKubeconfig());
      refuseUnlessAllowed(credentials.cluster, credentials.server, allowed);
      await asUser(refuseWithGatekeeper);
      return [];
    },

    async prepare(profile, progress, signal): Promise<number> {
      await asUser((client, cluster) => refuseTaken(client, cluster, profile));
      const versions = { kyverno: profile.gatekeeper.kyverno };
      return (await ensure(['helm'], { versions, progress, signal })).seconds;
    },

    async up({ name, profile, runId, progress, signal }: UpOptions): Promise<ClusterHandle> {
      const credentials = await credentialsFrom(userKubeconfig());
      const client = new KubeClient(credentials, { actor: 'provider', connections: 4 });
      try {
        const versions = { kyverno: profile.gatekeeper.kyverno };
        const { paths } = await ensure(['helm'], { versions, progress, signal });
        const helm = paths.get('helm') as string;
        const dir = clusterDir(name);
        await mkdir(dir, { recursive: true, mode: 0o700 });
        const footprint: Footprint = { runId, helm };
        await writeFile(join(dir, 'footprint.json'), JSON.stringify(footprint), { mode: 0o600 });
        const kubeconfig = join(dir, 'kubeconfig');
        await writeFile(kubeconfig, kubeconfigText(credentials, credentials.cluster), { mode: 0o600 });
        const version = await client.get<{ gitVersion: string }>('/version');
        const { items } = await client.get<{ items: V1Node[] }>(pathOf('Node'));
        const isFake = (node: V1Node) => node.metadata?.labels?.[NODE_LABEL] === 'fake';
        return {
          name,
          provider: 'current',
          kubeconfig,
          kubernetesVersion: version.gitVersion.replace(/^v/, ''),
          capabilities: { containers: true, realKubelets: true, ours: false, helmHooks: false },
          nodes: items.filter((node) => !isFake(node)).map((node) => node.metadata?.name ?? ''),
          fakeNodes: items.filter(isFake).length,
          logs: [],
          gatekeeperValues: {},
          tools: { helm, chart: (wanted) => kyvernoChart(wanted, { signal }) },
        };
      } finally {
        await client.close();
      }
    },

    async down(name: string): Promise<void> {
      const dir = clusterDir(name);
      const text = await readFile(join(dir, 'footprint.json'), 'utf8').catch(() => undefined);
      // Refused before anything was made.
      if (text !== undefined) {
        const { runId, helm } = JSON.parse(text) as Footprint;
        await removeOurObjects(join(dir, 'kubeconfig'), runId, helm);
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function asUser(ask: (client: KubeClient, cluster: string) => Promise<void>): Promise<void> {
  const credentials = await credentialsFrom(userKubeconfig());
  const client = new KubeClient(credentials, { actor: 'provider', connections: 1 });
  await ask(client, credentials.cluster).finally(() => client.close());
}

/**
 * What a run makes it removes again, by its name or its label: what has such a name already must not go with it, and could
 * not be put back as it was. Throws OBJECTS_PRESENT.
 */
async function refuseTaken(client: KubeClient, cluster: string, profile: Profile): Promise<void> {
  const wanted = [
    ...[...namespacesOf(profile), KYVERNO].map((name) => ['Namespace', name] as const),
    ...profile.priorityClasses.map(({ name }) => ['PriorityClass', name] as const),
  ];
  const taken: string[] = [];
  for (const [kind, name] of wanted) {
    const there = await client.get(pathOf(kind, { name })).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    if (there !== undefined) taken.push(objectName(kind, { name }));
  }
  if (taken.length === 0) return;
  throw new FalldownError({
    code: 'OBJECTS_PRESENT',
    kind: 'usage',
    what: `the cluster ${cluster} has objects that a run would make, and remove afterwards`,
    on: taken.join(', '),
    next: 'give them other names in a profile of your own, or remove them; those of an earlier run go with falldown cleanup',
  });
}

function userKubeconfig(): string {
  return process.env.KUBECONFIG?.split(':')[0] || join(homedir(), '.kube', 'config');
}

function refuseUnlessAllowed(cluster: string, server: string, allowed: string | undefined): void {
  if (allowed === cluster) return;
  throw new FalldownError({
    code: 'CLUSTER_NOT_ALLOWED',
    kind: 'usage',
    what: 'this cluster was not made by falldown, and an experiment breaks the cluster it runs on',
    on: `${cluster} (${server})`,
    ...(allowed === undefined ? {} : { expected: cluster, seen: `--allow-cluster ${allowed}` }),
    next: `if that is what you want, name it: --allow-cluster ${cluster}`,
  });
}

async function refuseWithGatekeeper(client: KubeClient, cluster: string): Promise<void> {
  const query = { labelSelector: 'app.kubernetes.io/part-of=kyverno' };
  const { items } = await client.get<{ items: { metadata: { namespace: string; name: string } }[] }>(
    pathOf('Deployment'),
    { query },
  );
  const found = items[0];
  if (found === undefined) return;
  throw new FalldownError({
    code: 'GATEKEEPER_PRESENT',
    kind: 'usage',
    what: `the cluster ${cluster} has a gatekeeper of its own, which falldown does not replace`,
    on: `Deployment/${found.metadata.namespace}/${found.metadata.name}`,
    next: 'test its values on a cluster of falldown’s: helm get values kyverno -n kyverno -o yaml > values.yaml; falldown run --kyverno-values values.yaml',
  });
}
