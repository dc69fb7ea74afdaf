import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { FalldownError } from '../../../harness/errors.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { whileHolding } from '../../../harness/machine-name.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { waitFor } from '../../../harness/wait.ts';

/** kwokctl waits this long for the control plane; measured 3.6 s on 2 cores, more when the machine is busy. */
const READY_SECONDS = 90;

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

/** Starts etcd, API server, controller-manager, scheduler and kwok; returns the path of the admin kubeconfig. */
export async function startControlPlane(options: {
  name: string;
  dir: string;
  kwokctl: string;
  config: object[];
  signal: AbortSignal;
}): Promise<string> {
  const { name, dir, kwokctl, config, signal } = options;
  const workdir = join(dir, 'kwok');
  const kubeconfig = join(dir, 'kubeconfig');
  const configFile = join(dir, 'kwok.yaml');
  await mkdir(workdir, { recursive: true, mode: 0o700 });
  await writeFile(configFile, config.map((doc) => stringify(doc)).join('---\n'), { mode: 0o600 });
  const args = ['create', 'cluster', '--name', name, '--config', configFile, '--kubeconfig', kubeconfig];
  const started = performance.now();
  const result = await whileHolding(
    KWOKCTL_NAME,
    () =>
      execa(kwokctl, [...args, '--wait', `${READY_SECONDS}s`], {
        env: environment(dir, name),
        cancelSignal: signal,
        forceKillAfterDelay: 500,
        reject: false,
        all: true,
        stdin: 'ignore',
      }),
    signal,
  );
  if (!result.failed) return kubeconfig;
  signal.throwIfAborted();
  throw await failed(result, started, kwokDir(dir, name));
}

/**
 * Starts the components of a cluster that was stopped, with the configuration, ports and certificates it had; returns
 * when the API server is ready. The caller holds KWOKCTL_NAME for as long as the ports are free.
 */
export async function restartControlPlane(options: {
  name: string;
  dir: string;
  kwokctl: string;
  kubeconfig: string;
  signal: AbortSignal;
}): Promise<void> {
  const { name, dir, kwokctl, kubeconfig, signal } = options;
  const started = performance.now();
  // A process number may belong to somebody else by now, and kwokctl would take that one for its component.
  await rm(join(kwokDir(dir, name), 'pids'), { recursive: true, force: true });
  await mkdir(join(kwokDir(dir, name), 'pids'), { mode: 0o755 });
  const result = await execa(kwokctl, ['start', 'cluster', '--name', name], {
    env: environment(dir, name),
    cancelSignal: signal,
    forceKillAfterDelay: 500,
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: READY_SECONDS * 1000,
  });
  signal.throwIfAborted();
  if (result.failed) throw await failed(result, started, kwokDir(dir, name));
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 1 });
  try {
    await waitFor(() => client.text('/readyz', { signal, timeoutSeconds: 5 }).catch(() => undefined), {
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

async function failed(
  result: { escapedCommand: string; all?: string },
  started: number,
  dir: string,
): Promise<FalldownError> {
  return new FalldownError({
    code: 'CONTROL_PLANE_FAILED',
    kind: 'infrastructure',
    what: 'the control plane did not start',
    on: result.escapedCommand,
    seen: result.all?.split('\n').slice(-3).join('\n'),
    elapsedSeconds: (performance.now() - started) / 1000,
    limitSeconds: READY_SECONDS,
    next: 'look for a component that exited in the logs below, or for a full disk',
    evidence: await lastLinesOfLogs(join(dir, 'logs')),
    cause: result,
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
