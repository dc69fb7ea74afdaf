import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { FalldownError } from '../../harness/errors.ts';
import { identityOf } from '../../harness/processes.ts';
import { waitFor } from '../../harness/wait.ts';
import { askDocker } from './docker.ts';
import type { HostPaths } from './paths.ts';
import { record } from './record.ts';

/** 1 s when all is well; much longer where it has images of a crash to look through. */
const START_SECONDS = 60;
const LOG_LINES = 12;
/** Where dockerd looks for a containerd of a daemon before it. */
const CONTAINERD_PID = '/var/run/docker/containerd/containerd.pid';

/**
 * Starts Docker's daemon: by systemd, or as a process of its own that outlives this one. Returns when it answers.
 * Throws DOCKER_NOT_STARTED with the last lines of its log.
 */
export async function startDaemon(how: 'systemd' | 'detached', paths: HostPaths, signal: AbortSignal): Promise<string> {
  if (how === 'systemd') {
    const result = await execa('systemctl', ['enable', '--now', 'docker'], {
      reject: false,
      all: true as const,
      cancelSignal: signal,
    });
    if (result.failed) throw notStarted('systemctl enable --now docker', result.all ?? '', 'journalctl -u docker');
    await answers(signal, () => undefined);
    return 'systemctl status docker';
  }
  return startDetached(paths, signal);
}

async function startDetached(paths: HostPaths, signal: AbortSignal): Promise<string> {
  mkdirSync(dirname(paths.dockerdLog), { recursive: true });
  forgetDeadContainerd();
  const log = openSync(paths.dockerdLog, 'a', 0o640);
  const path = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
  const child = spawn('dockerd', [], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: path },
  });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, name) => {
    ended = `dockerd ended at once (${name ?? `exit code ${code}`})`;
  });
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity !== undefined) record(paths.record, () => ({ dockerd: identity }));
  try {
    await answers(signal, () => ended);
  } catch (error) {
    child.kill('SIGTERM');
    signal.throwIfAborted();
    throw notStarted(
      `dockerd`,
      `${ended ?? `no answer within ${START_SECONDS} s`}\n${tailOf(paths.dockerdLog)}`,
      paths.dockerdLog,
      error,
    );
  }
  child.unref();
  return `pid ${child.pid}, log ${paths.dockerdLog}`;
}

/** After a crash nobody may collect a dead containerd, and dockerd would wait for it in vain. */
function forgetDeadContainerd(): void {
  if (!existsSync(CONTAINERD_PID)) return;
  if (identityOf(Number(readFileSync(CONTAINERD_PID, 'utf8'))) === undefined) rmSync(CONTAINERD_PID, { force: true });
}

async function answers(signal: AbortSignal, ended: () => string | undefined): Promise<void> {
  await waitFor(
    async () => {
      const reason = ended();
      if (reason !== undefined) throw new Error(reason);
      return (await askDocker(signal)).state === 'answers';
    },
    { what: 'Docker’s daemon to answer', timeoutSeconds: START_SECONDS, signal },
  );
}

function notStarted(on: string, seen: string, evidence: string, cause?: unknown): FalldownError {
  return new FalldownError({
    code: 'DOCKER_NOT_STARTED',
    kind: 'setup',
    what: 'Docker’s daemon did not start',
    on,
    seen: seen.trim(),
    next: 'correct what its log says, and run falldown host setup again',
    evidence,
    cause,
  });
}

function tailOf(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
}
