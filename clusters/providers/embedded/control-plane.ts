import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { FalldownError } from '../../../harness/errors.ts';
import { whileHolding } from '../../../harness/machine-name.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';

/** kwokctl waits this long for the control plane; measured 3.6 s on 2 cores, more when the machine is busy. */
const READY_SECONDS = 90;

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
  // kwokctl looks for free ports and binds them later: two at once would pick the same.
  const result = await whileHolding(
    'kwokctl',
    () =>
      execa(kwokctl, [...args, '--wait', `${READY_SECONDS}s`], {
        // A third of the API server's CPU goes into collecting garbage at Go's default; memory is what hosts have more of.
        env: { KWOK_WORKDIR: workdir, [CLUSTER_MARK]: name, GOGC: '250' },
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
  throw new FalldownError({
    code: 'CONTROL_PLANE_FAILED',
    kind: 'infrastructure',
    what: 'the control plane did not start',
    on: result.escapedCommand,
    seen: result.all?.split('\n').slice(-3).join('\n'),
    elapsedSeconds: (performance.now() - started) / 1000,
    limitSeconds: READY_SECONDS,
    next: 'look for a component that exited in the logs below, or for a full disk',
    evidence: await lastLinesOfLogs(join(workdir, 'clusters', name, 'logs')),
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
