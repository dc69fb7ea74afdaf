import { type CommandOptions, runCommand } from '../../harness/command.ts';

export type Run = Omit<CommandOptions, 'code' | 'kind'> & { signal: AbortSignal };

/** Runs a command to its end and returns its stdout. @throws FalldownError IMAGE_COMMAND_FAILED (setup), or the signal's reason. */
export function run(file: string, args: readonly string[], how: Run): Promise<string> {
  return runCommand(file, args, { ...how, code: 'IMAGE_COMMAND_FAILED', kind: 'setup' });
}

const ANSWER_SECONDS = 30;

/** Runs the docker command. @throws as `run`. */
export function docker(args: readonly string[], how: Omit<Run, 'timeoutSeconds'> & { timeoutSeconds?: number }) {
  return run('docker', args, { timeoutSeconds: ANSWER_SECONDS, ...how });
}
