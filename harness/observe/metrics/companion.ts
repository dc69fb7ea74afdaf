import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { FalldownError, reasonOf } from '../../errors.ts';
import { CLUSTER_MARK } from '../../processes.ts';

const READY_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 100;
const STOP_MILLISECONDS = 3000;

export interface CompanionOptions {
  name: string;
  binary: string;
  args: string[];
  /** Folder of its files; its log is `NAME.log` in it. */
  dir: string;
  /** Carried by the process, so that `falldown cleanup` finds it after a crash. */
  mark: string;
  /** Answers 200 when it is ready. */
  readyUrl: string;
  /** It ended without being asked to. */
  died?: (reason: string) => void;
}

/** A process that stands beside a run: a Prometheus, a StatsD exporter. */
export class Companion {
  readonly #child: ChildProcess;
  #wanted = true;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and returns when it is ready. @throws FalldownError METRICS_FAILED with the end of its log */
  static async start(o: CompanionOptions, signal: AbortSignal): Promise<Companion> {
    await mkdir(o.dir, { recursive: true, mode: 0o700 });
    const path = join(o.dir, `${o.name}.log`);
    const log = await open(path, 'a', 0o600);
    // One core's worth: it stands beside what is measured.
    const env = { ...process.env, [CLUSTER_MARK]: o.mark, GOMAXPROCS: '1' };
    const child = spawn(o.binary, o.args, { stdio: ['ignore', log.fd, log.fd], env });
    const started = new Companion(child);
    child.once('exit', (code, killedBy) => {
      if (!started.#wanted) return;
      started.#wanted = false;
      o.died?.(`it ended with ${killedBy ?? `code ${code}`}`);
    });
    try {
      await once(child, 'spawn');
      await log.close();
      await started.#ready(o.readyUrl, signal);
      return started;
    } catch (cause) {
      started.kill();
      signal.throwIfAborted();
      throw new FalldownError({
        code: 'METRICS_FAILED',
        kind: 'infrastructure',
        what: `${o.name} did not start`,
        on: [o.binary, ...o.args].join(' '),
        seen: reasonOf(cause),
        evidence: (await readFile(path, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-5).join('\n'),
        next: `read ${path}`,
        cause,
      });
    }
  }

  /** As kill -9 does. */
  kill(): void {
    this.#wanted = false;
    this.#child.kill('SIGKILL');
  }

  /** Lets it close its files; killed when that takes too long. */
  async stop(): Promise<void> {
    this.#wanted = false;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MILLISECONDS);
    await gone;
    clearTimeout(hard);
  }

  async #ready(url: string, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_MILLISECONDS;
    for (;;) {
      signal.throwIfAborted();
      if (!this.#wanted) throw new Error('it ended at once');
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      if (Date.now() > deadline) throw new Error(`${url} did not answer within ${READY_MILLISECONDS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
