import { appendFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type Failure, FalldownError } from '../../../harness/errors.ts';

export interface CommandOptions {
  /** What failed, when it does. */
  what: string;
  timeoutSeconds: number;
  /** Default: a command that no run can stop, such as one of the clean-up. */
  signal?: AbortSignal;
  env?: Record<string, string>;
  input?: string | Readable;
  kind?: Failure['kind'];
  next?: string;
  /** File to which the command and all that it printed is added. */
  log?: string;
}

const LAST_LINES = 12;

/** Runs a command to its end and returns its stdout. Throws COMMAND_FAILED with a line that can be pasted, and its last words. */
export async function run(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { what, timeoutSeconds, signal, env, input, kind = 'infrastructure', next, log } = options;
  const started = performance.now();
  const result = await execa(file, args, {
    reject: false,
    all: true,
    timeout: timeoutSeconds * 1000,
    forceKillAfterDelay: 500,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(env === undefined ? {} : { env }),
    ...(input === undefined ? { stdin: 'ignore' } : typeof input === 'string' ? { input } : { stdin: input }),
  });
  if (log !== undefined) await appendFile(log, `$ ${result.escapedCommand}\n${result.all}\n`);
  if (!result.failed) return result.stdout;
  signal?.throwIfAborted();
  throw new FalldownError({
    code: 'COMMAND_FAILED',
    kind,
    what,
    on: result.escapedCommand,
    seen: lastLines(result.all) || result.shortMessage,
    elapsedSeconds: (performance.now() - started) / 1000,
    ...(result.timedOut ? { limitSeconds: timeoutSeconds } : {}),
    next,
    cause: result,
  });
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
