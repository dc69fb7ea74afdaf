import { setTimeout as delay } from 'node:timers/promises';
import { type CommandOptions, runCommand } from '../../../harness/command.ts';
import { FalldownError } from '../../../harness/errors.ts';
import type { Machine } from './node-size.ts';

/** kind's label on the containers of a cluster; its value is the cluster's name. */
export const CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
const ANSWER_SECONDS = 30;
/** Containers of a killed `docker run` may still appear a moment after its client has died. */
const QUIET_LOOKS = 2;
/**
 * A container that is being made is listed, and yet "No such container" to whoever would remove it, until Docker has
 * copied its image's /var into its volume: a GB, and nobody to stop it.
 */
const MAKING_SECONDS = 45;

/** Runs the docker command. Throws COMMAND_FAILED. */
export function docker(
  args: readonly string[],
  what: string,
  options: Partial<Omit<CommandOptions, 'what'>> = {},
): Promise<string> {
  return runCommand('docker', args, { what, timeoutSeconds: ANSWER_SECONDS, ...options });
}

/** The machine that Docker runs on, which every node sees whole. Throws COMMAND_FAILED. */
export async function machineOf(signal: AbortSignal): Promise<Machine> {
  const text = await docker(['info', '--format', '{{.NCPU}} {{.MemTotal}}'], 'Docker does not answer', {
    signal,
    next: 'falldown host check --on kind',
  });
  const [cpus, memoryBytes] = text.split(' ').map(Number);
  return { cpus: cpus ?? 0, memoryBytes: memoryBytes ?? 0 };
}

/** Names of a cluster's containers, also of those that do not run. */
export async function containersOf(cluster: string, options: { running?: boolean } = {}): Promise<string[]> {
  const all = options.running === true ? [] : ['--all'];
  const filter = ['--filter', `label=${CLUSTER_LABEL}=${cluster}`, '--format', '{{.Names}}'];
  const text = await docker(['ps', ...all, ...filter], 'the containers of a cluster cannot be listed', {
    kind: 'cleanup',
    next: 'start Docker (falldown host setup), then: falldown cleanup',
  });
  return text.split('\n').filter(Boolean).sort();
}

/**
 * A kind cluster of this name that somebody else made must not be taken for ours: what removes a cluster goes by the
 * label that kind gives to all of them. Called before anything is written down that `down` would go by. Throws CLUSTER_EXISTS.
 */
export async function refuseStrangers(cluster: string): Promise<void> {
  const containers = await containersOf(cluster);
  const networks = await networksOf(cluster, {});
  if (containers.length + networks.length === 0) return;
  throw new FalldownError({
    code: 'CLUSTER_EXISTS',
    kind: 'usage',
    what: 'there is a kind cluster of this name already, which falldown did not make',
    on: cluster,
    seen: containers.length > 0 ? `containers ${containers.join(', ')}` : `a Docker network ${cluster}`,
    next: 'take another --name; nothing was changed',
  });
}

/** Removes the containers of a cluster with their volumes, and its network. Safe to call twice. Throws COMMAND_FAILED, CONTAINERS_LEFT. */
export async function removeContainers(cluster: string): Promise<void> {
  const options = { kind: 'cleanup', timeoutSeconds: 60, next: 'falldown cleanup' } as const;
  const started = performance.now();
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const names = await containersOf(cluster);
    if (names.length === 0) quiet += 1;
    else {
      quiet = 0;
      if (performance.now() - started > MAKING_SECONDS * 1000) throw containersLeft(cluster, names);
      await docker(
        ['rm', '--force', '--volumes', ...names],
        'the containers of a cluster could not be removed',
        options,
      );
    }
    await delay(200);
  }
  for (const id of await networksOf(cluster, options)) {
    await docker(['network', 'rm', id], 'the network of a cluster could not be removed', options);
  }
}

async function networksOf(cluster: string, options: Parameters<typeof docker>[2]): Promise<string[]> {
  const args = ['network', 'ls', '--filter', `name=^${cluster}$`, '--quiet'];
  return (await docker(args, 'the networks cannot be listed', options)).split('\n').filter(Boolean);
}

function containersLeft(cluster: string, names: readonly string[]): FalldownError {
  return new FalldownError({
    code: 'CONTAINERS_LEFT',
    kind: 'cleanup',
    what: `containers of cluster ${cluster} come back again and again`,
    seen: names.join(', '),
    next: `see who makes them (docker events), then: falldown down ${cluster}`,
  });
}

/** Runs a shell line in a node; its arguments are `$1`, `$2` … */
export function inNode(
  node: string,
  script: string,
  options: Pick<CommandOptions, 'what' | 'signal' | 'timeoutSeconds'> & { args?: readonly string[] },
): Promise<string> {
  const { what, args = [], ...rest } = options;
  return docker(['exec', node, 'sh', '-c', script, 'sh', ...args], what, rest);
}
