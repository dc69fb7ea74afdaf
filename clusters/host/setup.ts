import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { FalldownError } from '../../harness/errors.ts';
import { waitFor } from '../../harness/wait.ts';
import type { Progress } from '../providers/provider.ts';
import { onPath } from '../toolchain/go.ts';
import { installPackages } from './apt.ts';
import { cgroups } from './cgroups.ts';
import { startDaemon } from './daemon.ts';
import { askDocker, dockerPid } from './docker.ts';
import { HOST_PATHS } from './paths.ts';
import { readRecord, record } from './record.ts';
import { installRestrictedRuntime, RESTRICTED_RUNTIME } from './restricted-runtime.ts';
import type { SetupStep } from './setup-plan.ts';
import { INOTIFY, type LowSysctl, sysctlPath } from './sysctl.ts';

const RELOAD_SECONDS = 15;

const TITLES: Record<SetupStep['kind'], string> = {
  packages: 'packages',
  cgroups: 'cgroups',
  runtime: 'restricted runtime',
  sysctl: 'kernel settings',
  daemon: 'docker daemon',
};

/** Does the steps of a plan in their order. Throws what the first one that fails throws; what was done is recorded. */
export async function performSetup(
  steps: readonly SetupStep[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    signal.throwIfAborted();
    const done = progress.step(TITLES[step.kind]);
    done(await perform(step, signal));
  }
}

/** Returns what is worth to be told. */
async function perform(step: SetupStep, signal: AbortSignal): Promise<string | undefined> {
  switch (step.kind) {
    case 'packages': {
      const added = await installPackages(step.names, HOST_PATHS.record, signal);
      return `${added.length} new`;
    }
    case 'cgroups':
      return mountCgroups(signal);
    case 'runtime':
      return restrict(step.leavesOut, signal);
    case 'sysctl':
      return raise(step.settings);
    case 'daemon':
      return startDaemon(step.how, HOST_PATHS, signal);
  }
}

async function mountCgroups(signal: AbortSignal): Promise<string> {
  // Whether it worked is looked at, not asked.
  await execa('cgroupfs-mount', { reject: false, cancelSignal: signal });
  const { version, lacking } = cgroups();
  return lacking.length === 0 ? `version ${version}` : `without ${lacking.join(', ')}`;
}

async function restrict(leavesOut: readonly string[], signal: AbortSignal): Promise<string> {
  const runc = await onPath('runc', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  if (runc === undefined) {
    throw new FalldownError({
      code: 'RUNC_MISSING',
      kind: 'setup',
      what: 'Docker is here without runc',
      next: 'install the package runc',
    });
  }
  installRestrictedRuntime(leavesOut, runc, HOST_PATHS);
  const docker = await askDocker(signal);
  const pid = dockerPid(docker);
  if (docker.state === 'answers' && pid !== undefined) {
    process.kill(pid, 'SIGHUP');
    await waitFor(async () => (await askDocker(signal)).server?.defaultRuntime === RESTRICTED_RUNTIME, {
      what: `Docker to take up its configuration (${HOST_PATHS.daemonJson})`,
      timeoutSeconds: RELOAD_SECONDS,
      signal,
      next: 'restart the daemon',
    });
  }
  return `without ${leavesOut.join(', ')}`;
}

function raise(settings: readonly LowSysctl[]): string {
  const sysctls = {
    ...Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    // What was there before the first set-up is what counts.
    ...readRecord(HOST_PATHS.record)?.sysctls,
  };
  record(HOST_PATHS.record, ({ files }) => ({ files: [...new Set([...files, HOST_PATHS.sysctlFile])], sysctls }));
  mkdirSync(dirname(HOST_PATHS.sysctlFile), { recursive: true });
  const lines = Object.entries(INOTIFY).filter(([name]) => name in sysctls);
  writeFileSync(
    HOST_PATHS.sysctlFile,
    `# Made by falldown host setup, for several kind nodes on one machine.\n${lines.map(([name, wanted]) => `${name} = ${wanted}\n`).join('')}`,
  );
  for (const { name, wanted } of settings) writeFileSync(sysctlPath(name), String(wanted));
  return settings.map(({ name, value, wanted }) => `${name} ${value} → ${wanted}`).join(', ');
}
