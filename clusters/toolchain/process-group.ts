import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface GroupRun {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Each line that the command writes to stderr. */
  onLine?: (line: string) => void;
}

export interface GroupResult {
  /** Exit code; 128 + n would be a shell's word for a signal, here it is -1. */
  code: number;
  stdout: string;
  /** Last lines of stderr. */
  tail: string[];
}

const TAIL_LINES = 40;
const GRACE_MS = 5_000;

/**
 * Runs a command as the leader of a process group of its own and kills the whole group on abort: `go build` starts
 * compilers, which would go on without it. Resolves when the command ended and its output was read.
 * @throws the signal's reason on abort, or the error of a command that could not be started.
 */
export async function runInGroup(command: string, args: string[], run: GroupRun): Promise<GroupResult> {
  run.signal.throwIfAborted();
  const child = spawn(command, args, { cwd: run.cwd, env: run.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  let hard: NodeJS.Timeout | undefined;
  const abort = (): void => {
    kill('SIGTERM');
    hard = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  };
  const exit = (): void => kill('SIGKILL');
  run.signal.addEventListener('abort', abort, { once: true });
  process.once('exit', exit);
  try {
    const stdout: Buffer[] = [];
    const tail: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    createInterface({ input: child.stderr }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      run.onLine?.(line);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    run.signal.throwIfAborted();
    return { code: code ?? -1, stdout: Buffer.concat(stdout).toString('utf8'), tail };
  } finally {
    clearTimeout(hard);
    run.signal.removeEventListener('abort', abort);
    process.removeListener('exit', exit);
    if (run.signal.aborted) kill('SIGKILL');
  }
}
