import { appendFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ExecaError, execa, type Options } from 'execa';
import { type Failure, FalldownError } from './errors.ts';

export interface CommandOptions {
  /** What failed, when it does. */
  what: string;
  timeoutSeconds: number;
  /** Default: a command that no run can stop, such as one of the clean-up. */
  signal?: AbortSignal;
  env?: Record<string, string>;
  input?: string | Readable;
  /** A command whose stdout becomes stdin; when it fails, all fails. */
  from?: readonly [file: string, ...args: string[]];
  /** Default: COMMAND_FAILED, infrastructure. */
  code?: string;
  kind?: Failure['kind'];
  next?: string | undefined;
  /** File to which the command and all that it printed is added. */
  log?: string;
}

const LAST_LINES = 12;

/**
 * Runs a command to its end and returns its stdout.
 * @throws FalldownError of the given code, with a line that can be pasted and the command's last words; or the signal's reason.
 */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { what, timeoutSeconds, signal, code = 'COMMAND_FAILED', kind = 'infrastructure', next } = options;
  const started = performance.now();
  try {
    const { escapedCommand, stdout, all } = await start(file, args, options);
    await note(options.log, escapedCommand, all);
    return typeof stdout === 'string' ? stdout : '';
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const said = String(error.all ?? error.stderr ?? '');
    await note(options.log, error.escapedCommand, said);
    throw new FalldownError({
      code,
      kind,
      what,
      on: error.escapedCommand,
      seen: said.trimEnd().split('\n').slice(-LAST_LINES).join('\n') || error.shortMessage,
      elapsedSeconds: (performance.now() - started) / 1000,
      ...(error.timedOut ? { limitSeconds: timeoutSeconds } : {}),
      next,
      cause: error,
    });
  }
}

function start(file: string, args: readonly string[], { timeoutSeconds, signal, env, input, from }: CommandOptions) {
  const common = {
    timeout: timeoutSeconds * 1000,
    // What does not heed SIGTERM, such as helm in the middle of an install.
    forceKillAfterDelay: 500,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(env === undefined ? {} : { env }),
  };
  if (from !== undefined) {
    const [source, ...sourceArgs] = from;
    return execa(source, sourceArgs, { ...common, buffer: { stdout: false } }).pipe(file, args, {
      ...common,
      all: true,
    });
  }
  const stdin: Options =
    input === undefined ? { stdin: 'ignore' } : typeof input === 'string' ? { input } : { stdin: input };
  return execa(file, args, { ...common, all: true, ...stdin });
}

async function note(log: string | undefined, command: string, said: unknown): Promise<void> {
  if (log !== undefined) await appendFile(log, `$ ${command}\n${String(said ?? '')}\n`);
}
