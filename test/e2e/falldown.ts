import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processesOf } from '../../harness/processes.ts';
import type { Result } from '../../reports/result.ts';

const BIN = fileURLToPath(new URL('../../bin/falldown.js', import.meta.url));

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** The real command in a world of its own: its state and its runs are in a folder that goes with the test. */
export class Falldown {
  readonly home: string;
  readonly out: string;
  readonly #children = new Set<ChildProcess>();

  readonly #prefix: readonly string[];

  private constructor(home: string, prefix: readonly string[]) {
    this.home = home;
    this.#prefix = prefix;
    this.out = join(home, 'runs');
  }

  /** `prefix`: the words of a command that runs it, such as `nsenter --net=FILE`. */
  static async make(prefix: readonly string[] = []): Promise<Falldown> {
    return new Falldown(await mkdtemp(join(tmpdir(), 'falldown-e2e-')), prefix);
  }

  start(
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; done: Promise<Finished>; text: () => string } {
    const [file = '', ...words] = [...this.#prefix, process.execPath, BIN, ...args];
    const child = spawn(file, words, {
      env: { ...process.env, XDG_STATE_HOME: this.home, NO_COLOR: '1', CI: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data: Buffer) => {
      stdout += data;
    });
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data;
    });
    const done = once(child, 'close').then(([code, signal]) => {
      this.#children.delete(child);
      return { code: (code as number | null) ?? (signal === 'SIGKILL' ? 137 : -1), stdout, stderr };
    });
    return { child, done, text: () => stderr };
  }

  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
    return this.start(args, env).done;
  }

  /** The result of the run whose folder has this in its name. */
  async result(experiment: string): Promise<Result> {
    const folders = await readdir(this.out);
    const folder = folders.filter((name) => name.includes(experiment)).at(-1);
    if (folder === undefined) throw new Error(`no run of ${experiment} among ${folders.join(', ')}`);
    return JSON.parse(await readFile(join(this.out, folder, 'result.json'), 'utf8')) as Result;
  }

  async clusters(): Promise<string[]> {
    return readdir(join(this.home, 'falldown', 'clusters')).catch(() => []);
  }

  /** What is left on this machine: clusters’ folders and ledger entries. */
  async leftovers(): Promise<string[]> {
    const ledger = await readdir(join(this.home, 'falldown', 'ledger')).catch(() => []);
    return [...(await this.clusters()), ...ledger];
  }

  /** Also after a failed test: nothing of ours may go on running. */
  async dispose(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const cluster of await this.clusters()) {
      for (const pid of processesOf(cluster)) process.kill(pid, 'SIGKILL');
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Resolves when the text has appeared; rejects when the process ends without it. */
export async function appears(run: { done: Promise<Finished>; text: () => string }, text: string): Promise<void> {
  let ended: Finished | undefined;
  void run.done.then((finished) => {
    ended = finished;
  });
  while (!run.text().includes(text)) {
    if (ended !== undefined) throw new Error(`it ended before "${text}":\n${ended.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
