import { ExecaError, execa, type Options } from 'execa';
import { FalldownError } from '../../harness/errors.ts';

export interface Run {
  signal: AbortSignal;
  /** What failed, when it does. */
  what: string;
  timeoutSeconds: number;
  /** A command whose stdout becomes stdin; when it fails, all fails. */
  from?: readonly [file: string, ...args: string[]];
  next?: string;
}

const LAST_LINES = 12;

/**
 * Runs a command to its end and returns its stdout.
 * @throws FalldownError IMAGE_COMMAND_FAILED (setup) with a line that can be pasted and its last words, or the signal's
 *   reason.
 */
export async function run(file: string, args: readonly string[], how: Run): Promise<string> {
  const started = performance.now();
  const common = { cancelSignal: how.signal, timeout: how.timeoutSeconds * 1000, forceKillAfterDelay: 1_000 } as const;
  const options: Options = {
    ...common,
    stdin: how.from === undefined ? 'ignore' : 'pipe',
  };
  try {
    const [source, ...sourceArgs] = how.from ?? [];
    const { stdout } =
      source === undefined
        ? await execa(file, args, options)
        : await execa(source, sourceArgs, { ...common, buffer: { stdout: false } }).pipe(file, args, options);
    return typeof stdout === 'string' ? stdout : '';
  } catch (error) {
    how.signal.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    throw new FalldownError({
      code: 'IMAGE_COMMAND_FAILED',
      kind: 'setup',
      what: how.what,
      on: error.escapedCommand,
      seen:
        String(error.stderr ?? '')
          .trimEnd()
          .split('\n')
          .slice(-LAST_LINES)
          .join('\n') || error.shortMessage,
      elapsedSeconds: (performance.now() - started) / 1000,
      ...(error.timedOut ? { limitSeconds: how.timeoutSeconds } : {}),
      next: how.next,
      cause: error,
    });
  }
}

const ANSWER_SECONDS = 30;

/** Runs the docker command. @throws as `run`. */
export function docker(args: readonly string[], how: Omit<Run, 'timeoutSeconds'> & { timeoutSeconds?: number }) {
  return run('docker', args, { timeoutSeconds: ANSWER_SECONDS, ...how });
}
