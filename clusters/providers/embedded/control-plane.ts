import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runCommand } from '../../../harness/command.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { whileHolding } from '../../../harness/machine-name.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { waitFor } from '../../../harness/wait.ts';

/** kwokctl waits this long for the control plane; measured 3.6 s on 2 cores, more when the machine is busy. */
const READY_SECONDS = 90;
/** kwokctl gives up by itself before it is killed. */
const GRACE_SECONDS = 10;

/** Held while kwokctl picks ports: it looks for free ones and binds them later, so two at once would pick the same. */
export const KWOKCTL_NAME = 'kwokctl';

/** A third of the API server's CPU goes into collecting garbage at Go's default; memory is what hosts have more of. */
const environment = (dir: string, name: string) => ({
  KWOK_WORKDIR: join(dir, 'kwok'),
  [CLUSTER_MARK]: name,
  GOGC: '250',
});

/** Where kwokctl keeps a cluster: its configuration, certificates, etcd's data, logs. */
export function kwokDir(dir: string, name: string): string {
  return join(dir, 'kwok', 'clusters', name);
}

/** A cluster of kwokctl's. */
interface Kwok {
  name: string;
  dir: string;
  kwokctl: string;
  signal: AbortSignal;
}

/** Starts etcd, API server, controller-manager, scheduler and kwok; returns the path of the admin kubeconfig. */
export async function startControlPlane(options: Kwok & { config: object[] }): Promise<string> {
  const { name, dir, config, signal } = options;
  const workdir = join(dir, 'kwok');
  const kubeconfig = join(dir, 'kubeconfig');
  const configFile = join(dir, 'kwok.yaml');
  await mkdir(workdir, { recursive: true, mode: 0o700 });
  await writeFile(configFile, config.map((doc) => stringify(doc)).join('---\n'), { mode: 0o600 });
  const args = ['create', 'cluster', '--name', name, '--config', configFile, '--kubeconfig', kubeconfig];
  const create = () => kwok(options, [...args, '--wait', `${READY_SECONDS}s`]);
  await whileHolding(KWOKCTL_NAME, create, signal);
  return kubeconfig;
}

/**
 * What a new API server waits for a second to look at, and which a cluster that ran before has: its system priority classes
 * and roles (both hooks poll, and not at once).
 */
const MADE_BEFORE = ['scheduling/bootstrap-system-priority-classes', 'rbac/bootstrap-roles'];
const READY_AGAIN = `/readyz?${MADE_BEFORE.map((hook) => `exclude=poststarthook/${hook}`).join('&')}`;

/**
 * Starts the components of a cluster that was stopped, with the configuration, ports and certificates it had; returns
 * when the API server is ready. The caller holds KWOKCTL_NAME for as long as the ports are free.
 */
export async function restartControlPlane(options: Kwok & { kubeconfig: string }): Promise<void> {
  const { name, dir, kubeconfig, signal } = options;
  // A process number may belong to somebody else by now, and kwokctl would take that one for its component.
  await rm(join(kwokDir(dir, name), 'pids'), { recursive: true, force: true });
  await mkdir(join(kwokDir(dir, name), 'pids'), { mode: 0o755 });
  await kwok(options, ['start', 'cluster', '--name', name]);
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 1 });
  try {
    await waitFor(() => client.text(READY_AGAIN, { signal, timeoutSeconds: 5 }).catch(() => undefined), {
      what: 'the API server to be ready again',
      timeoutSeconds: READY_SECONDS,
      signal,
      everySeconds: 0.05,
      seen: () => lastLinesOfLogs(join(kwokDir(dir, name), 'logs')),
    });
  } finally {
    await client.close();
  }
}

/** Runs kwokctl. Throws CONTROL_PLANE_FAILED with the last lines of the components' logs. */
async function kwok({ name, dir, kwokctl, signal }: Kwok, args: readonly string[]): Promise<void> {
  const running = runCommand(kwokctl, args, {
    what: 'the control plane did not start',
    code: 'CONTROL_PLANE_FAILED',
    signal,
    env: environment(dir, name),
    timeoutSeconds: READY_SECONDS + GRACE_SECONDS,
    next: 'look for a component that exited in the logs below, or for a full disk',
  });
  await running.catch(async (error: unknown) => {
    if (!(error instanceof FalldownError)) throw error;
    throw new FalldownError({ ...error.failure, evidence: await lastLinesOfLogs(join(kwokDir(dir, name), 'logs')) });
  });
}

export async function lastLinesOfLogs(dir: string): Promise<string> {
  const parts: string[] = [];
  for (const component of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok-controller']) {
    const text = await readFile(join(dir, `${component}.log`), 'utf8').catch(() => undefined);
    if (text !== undefined) parts.push(`${component}: ${text.trimEnd().split('\n').slice(-2).join('\n  ')}`);
  }
  return parts.length === 0 ? dir : `${dir}\n${parts.join('\n')}`;
}
