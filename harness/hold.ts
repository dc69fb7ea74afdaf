import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FalldownError } from './errors.ts';

const BEGIN_SECONDS = 20;
const RELEASE_SECONDS = 10;

/** Ends what is held; safe to call twice. */
export type Release = () => Promise<void>;

/**
 * Does something that must not outlast this process, however that ends. A command does it, prints a line, and undoes it
 * when its standard input ends: that is on release, and as well after a `kill -9` of this process. It is in a process
 * group of its own, so that Ctrl-C does not end it before it has undone what it did. Returns when the line is there.
 * @throws FalldownError HOLD_FAILED
 */
export async function hold(
  what: string,
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<Release> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += String(data);
  });
  child.stdin.on('error', () => undefined);
  const failed = (cause: unknown) => {
    child.stdin.end();
    return new FalldownError({
      code: 'HOLD_FAILED',
      kind: 'infrastructure',
      what: `could not ${what}`,
      on: command.join(' '),
      seen: said.trim() || (cause instanceof Error ? cause.message : String(cause)),
      next: 'run the experiment again; falldown cleanup removes the cluster if it is still there',
      cause,
    });
  };
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const over = ended.then((code) => Promise.reject(new Error(`it ended at once, exit code ${code}`)));
  over.catch(() => undefined);
  try {
    await Promise.race([once(child.stdout, 'data', { signal: AbortSignal.timeout(BEGIN_SECONDS * 1000) }), over]);
  } catch (error) {
    throw failed(error);
  }
  return async () => {
    child.stdin.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not undone within ${RELEASE_SECONDS} s`)), RELEASE_SECONDS * 1000);
    });
    await Promise.race([ended, late])
      .catch((error: unknown) => Promise.reject(failed(error)))
      .finally(() => clearTimeout(timer));
  };
}
