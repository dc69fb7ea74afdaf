import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLUSTER_MARK, identityOf, processesOf } from '../../../harness/processes.ts';
import type { LedgerFile } from '../../../harness/run/ledger.ts';

const BIN = fileURLToPath(new URL('../../../bin/falldown.js', import.meta.url));

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the real command, as a user would. */
export function falldown(args: string[], env: NodeJS.ProcessEnv = {}, nodeArgs: string[] = []): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, NO_COLOR: '1', COLUMNS: '80', ...env } };
    const child = execFile(process.execPath, [...nodeArgs, BIN, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

/** A user's home of one test: state and temporary files of its own, and clusters that are only `sleep`s. */
export class Home {
  readonly dir = mkdtempSync(join(tmpdir(), 'falldown-cli-'));
  readonly state = join(this.dir, 'falldown');
  /** No test may meet what this machine's Docker has. */
  readonly env = {
    XDG_STATE_HOME: this.dir,
    XDG_CACHE_HOME: join(this.dir, 'cache'),
    TMPDIR: join(this.dir, 'tmp'),
    DOCKER_HOST: `unix://${join(this.dir, 'no-docker.sock')}`,
  };
  readonly #before = Object.keys(this.env).map((name) => [name, process.env[name]] as const);
  readonly #children: ChildProcess[] = [];

  constructor() {
    mkdirSync(this.env.TMPDIR);
    Object.assign(process.env, this.env);
  }

  /** A process that carries the mark of a cluster. */
  async process(cluster: string): Promise<ChildProcess> {
    const child = spawn('sleep', ['300'], { stdio: 'ignore', env: { ...process.env, [CLUSTER_MARK]: cluster } });
    this.#children.push(child);
    await once(child, 'spawn');
    // Between fork and exec the child does not show its environment yet.
    while (processesOf(cluster).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return child;
  }

  folder(cluster: string): string {
    const dir = join(this.state, 'clusters', cluster);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'octet'), '53');
    return dir;
  }

  /** Writes a ledger that has one cluster; its owner is gone unless said otherwise. */
  ledger(cluster: string, more: Partial<LedgerFile> = {}): LedgerFile {
    const file: LedgerFile = {
      runId: `20260101T000000Z-up-${Buffer.from(cluster).toString('hex').padEnd(6, '0').slice(0, 6)}`,
      title: 'up',
      startedAt: new Date(Date.now() - 3 * 3600_000).toISOString(),
      owner: { pid: 2 ** 22 + 1, startTicks: '1' },
      keep: false,
      resources: [{ kind: 'cluster', provider: 'embedded', name: cluster }],
      ...more,
    };
    mkdirSync(join(this.state, 'ledger'), { recursive: true });
    writeFileSync(this.ledgerPath(file), JSON.stringify(file));
    return file;
  }

  ledgerPath(file: LedgerFile): string {
    return join(this.state, 'ledger', `${file.runId}.json`);
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const [name, value] of this.#before) restore(name, value);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** This very process, which is certainly alive. */
export const alive = () => identityOf(process.pid) ?? null;

/** Names that no other test and no real cluster has: marks are seen across the whole machine. */
export const unique = (name: string): string => `${name}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
