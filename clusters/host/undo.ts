import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { FalldownError } from '../../harness/errors.ts';
import { isAlive } from '../../harness/processes.ts';
import { waitFor } from '../../harness/wait.ts';
import { askDocker, dockerPid } from './docker.ts';
import type { HostPaths } from './paths.ts';
import { forgetRecord, type HostRecord } from './record.ts';
import { readDaemonJson, withoutOurs, writeDaemonJson } from './restricted-runtime.ts';
import { INOTIFY, sysctlPath } from './sysctl.ts';

/** dockerd gives its containers 10 s and its plugins as long. */
const STOP_SECONDS = 40;

/** What undoing a set-up does, one line each, for people. */
export function tellUndo(made: HostRecord, paths: HostPaths): string[] {
  const lines: string[] = [];
  if (made.dockerd !== undefined && isAlive(made.dockerd)) lines.push(`stop dockerd (pid ${made.dockerd.pid})`);
  if (made.docker !== undefined) lines.push(`take the restricted runtime out of ${paths.daemonJson}`);
  for (const [name, value] of Object.entries(made.sysctls)) lines.push(`sysctl -w ${name}=${value}`);
  for (const file of made.files) if (existsSync(file)) lines.push(`remove ${file}`);
  return lines;
}

/** What stays, and how to remove it by hand: others may use the packages by now, and the images are large to get again. */
export function staysAfterUndo({ packages }: HostRecord): string[] {
  if (packages.length === 0) return [];
  return [
    `the packages stay: apt-get remove ${packages.join(' ')}`,
    'so do Docker’s images and volumes: rm -r /var/lib/docker, when Docker is removed',
  ];
}

/** Undoes what `host setup` has recorded. Throws CONTAINERS_RUN: without its runtime or daemon they could not be stopped. */
export async function undoSetup(made: HostRecord, paths: HostPaths, signal: AbortSignal): Promise<void> {
  const docker = await askDocker(signal);
  if (docker.state === 'answers' && (made.docker !== undefined || made.dockerd !== undefined)) {
    await refuseWithContainers(signal);
  }
  const { dockerd } = made;
  if (dockerd !== undefined && isAlive(dockerd)) {
    process.kill(dockerd.pid, 'SIGTERM');
    await waitFor(() => !isAlive(dockerd), { what: 'dockerd to stop', timeoutSeconds: STOP_SECONDS, signal });
  }
  if (made.docker !== undefined) restoreDaemonJson(made.docker, paths.daemonJson);
  for (const [name, value] of Object.entries(made.sysctls)) restoreSysctl(name, value);
  for (const file of made.files) rmSync(file, { force: true });
  const pid = dockerPid(docker);
  // A daemon that is not ours goes on, with the configuration it had.
  if (pid !== undefined && pid !== dockerd?.pid && docker.state === 'answers') process.kill(pid, 'SIGHUP');
  forgetRecord(paths.record);
}

async function refuseWithContainers(signal: AbortSignal): Promise<void> {
  const { stdout } = await execa('docker', ['ps', '--format', '{{.Names}}'], { cancelSignal: signal });
  if (stdout.trim() === '') return;
  throw new FalldownError({
    code: 'CONTAINERS_RUN',
    kind: 'usage',
    what: 'containers run, and could not be stopped any more without what is to be undone',
    seen: stdout.trim(),
    next: 'falldown cleanup --all removes falldown’s own; docker rm --force NAME',
  });
}

function restoreDaemonJson(
  { existed, defaultRuntime }: { existed: boolean; defaultRuntime?: string },
  path: string,
): void {
  const config = withoutOurs(readDaemonJson(path), defaultRuntime);
  if (config !== undefined) writeDaemonJson(path, config);
  else if (existed) writeDaemonJson(path, {});
  else rmSync(path, { force: true });
}

/** Only when it still has the value we gave it: somebody else may have changed it since. */
function restoreSysctl(name: string, value: number): void {
  const path = sysctlPath(name);
  const ours: number | undefined = (INOTIFY as Record<string, number>)[name];
  if (Number(readFileSync(path, 'utf8')) === ours) writeFileSync(path, String(value));
}
