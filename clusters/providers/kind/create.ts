import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runCommand } from '../../../harness/command.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { KubeApiError } from '../../../harness/kube/errors.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { waitFor } from '../../../harness/wait.ts';
import { controlPlaneName } from './config.ts';
import { containersOf, docker, inNode } from './docker.ts';

/** 26 s on 2 idle cores; several times that when they are busy. */
const CREATE_SECONDS = 300;
/** Until the control plane's containers run and kubeadm has written its kubeconfig. */
const EARLY_SECONDS = 180;

export interface Creating {
  cluster: string;
  /** Folder of the cluster, with `logs/` in it. */
  dir: string;
  /** The kind binary. */
  kind: string;
  signal: AbortSignal;
}

/** Runs `kind create cluster` to its end: all nodes have joined, though they need not be Ready. Throws COMMAND_FAILED. */
export async function createCluster(config: object, { cluster, dir, kind, signal }: Creating): Promise<void> {
  const file = join(dir, 'kind.yaml');
  await writeFile(file, stringify(config), { mode: 0o600 });
  // Kept when it fails, so that its logs can be had; `down` removes it.
  const args = ['create', 'cluster', '--name', cluster, '--config', file, '--retain'];
  await runCommand(kind, [...args, '--kubeconfig', join(dir, 'kind.kubeconfig')], {
    what: 'kind could not make the cluster',
    signal,
    timeoutSeconds: CREATE_SECONDS,
    env: kindEnv(cluster),
    log: join(dir, 'logs', 'kind.log'),
    next: 'falldown host check --on kind',
  });
}

/**
 * Waits for the API server of a cluster that is being made, well before kind is done with it, and writes its admin's
 * kubeconfig. Throws NOT_SEEN, COMMAND_FAILED.
 */
export async function reachApiServer({ cluster, dir, kind, signal }: Creating): Promise<string> {
  const controlPlane = controlPlaneName(cluster);
  await containersRun(cluster, [controlPlane], signal);
  await inNode(controlPlane, 'until [ -s /etc/kubernetes/admin.conf ]; do sleep 0.2; done', {
    what: 'kubeadm wrote no kubeconfig',
    signal,
    timeoutSeconds: EARLY_SECONDS,
  });
  const text = await runCommand(kind, ['get', 'kubeconfig', '--name', cluster], {
    what: 'kind could not tell the kubeconfig',
    signal,
    timeoutSeconds: 30,
    env: kindEnv(cluster),
  });
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, text, { mode: 0o600 });
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 1 });
  try {
    await untilServing(client, signal);
  } finally {
    await client.close();
  }
  return kubeconfig;
}

/** The version that the API server says of itself: a registry may have had only one near the profile's. */
export async function servedVersion(kubeconfig: string, signal: AbortSignal): Promise<string> {
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 1 });
  try {
    const { gitVersion } = await client.get<{ gitVersion: string }>('/version', { signal });
    return gitVersion.replace(/^v/, '');
  } finally {
    await client.close();
  }
}

/** Ready, and past the moment at which kubeadm gives its admin the rights of one. */
async function untilServing(client: KubeClient, signal: AbortSignal): Promise<void> {
  let last = '';
  const look = async () => {
    try {
      await client.text('/readyz', { signal, timeoutSeconds: 5 });
      await client.get(pathOf('ClusterRoleBinding', { name: 'kubeadm:cluster-admins' }), { signal, timeoutSeconds: 5 });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeApiError)) throw error;
      last = error.message;
      return false;
    }
  };
  const what = 'the API server to answer its admin';
  await waitFor(look, { what, timeoutSeconds: EARLY_SECONDS, signal, everySeconds: 0.3, seen: () => last });
}

/** Waits until these containers of a cluster that is being made run. */
export async function containersRun(cluster: string, names: readonly string[], signal: AbortSignal): Promise<void> {
  let running: string[] = [];
  await waitFor(
    async () => {
      running = await containersOf(cluster, { running: true });
      return names.every((name) => running.includes(name));
    },
    {
      what: `kind to start the containers ${names.join(', ')}`,
      timeoutSeconds: EARLY_SECONDS,
      signal,
      everySeconds: 0.3,
      seen: () => running.join(', ') || 'none runs',
    },
  );
}

/** A network of its own for each cluster, which goes with it; and the mark by which `down` finds the commands. */
export function kindEnv(cluster: string): Record<string, string> {
  return { KIND_EXPERIMENTAL_DOCKER_NETWORK: cluster, [CLUSTER_MARK]: cluster };
}

/** The last words of a control plane that did not come up. */
export async function lastWords(cluster: string): Promise<string> {
  const node = controlPlaneName(cluster);
  const script = 'journalctl --unit kubelet --unit containerd --no-pager --output cat --lines 8';
  return docker(['exec', node, 'sh', '-c', script], 'no logs', { timeoutSeconds: 10 }).catch(() => '');
}
