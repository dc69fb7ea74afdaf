import { randomInt } from 'node:crypto';
import type { ClusterProvider, Profile } from '../../clusters/providers/provider.ts';
import { execute, type RunOutcome } from '../run/execute.ts';
import type { MatrixPlan } from '../run/plan-matrix.ts';
import type { Experiment } from '../run/script.ts';
import { sizeOf } from './matrix-options.ts';
import { metricsTools } from './metrics-tools.ts';
import { printError } from './output.ts';
import { ConsoleProgress } from './progress.ts';
import { publishReports } from './publish.ts';
import { remember } from './remember.ts';
import { unlessLost } from './unless-lost.ts';
import { identity } from './version.ts';

export interface OneRun {
  experiment: Experiment;
  profile: Profile;
  restoredValues: Record<string, unknown> | undefined;
  matrix?: MatrixPlan | undefined;
  /** Chosen at random unless said. */
  seed?: number | undefined;
}

/** One run of an experiment, with progress on stderr: its reports are in its folder and its result in the history on return. */
export async function runOne(
  { experiment, profile, restoredValues, matrix, seed }: OneRun,
  how: { provider: ClusterProvider; out: string; keep: boolean; signal: AbortSignal },
): Promise<RunOutcome> {
  const { provider, signal } = how;
  const progress = new ConsoleProgress();
  // Before the run has a folder: without binaries there is no run.
  const broke = (error: unknown) => {
    progress.stop();
    throw signal.aborted ? signal.reason : error;
  };
  const toolchainSeconds = await provider.prepare(profile, progress, signal).catch(broke);
  const tools = await metricsTools(profile, progress, signal).catch(broke);
  const outcome = await execute({
    ...how,
    toolchainSeconds,
    ...(tools === undefined ? {} : { metricsTools: tools }),
    experiment,
    profile,
    safeguards: restoredValues,
    ...(matrix === undefined ? {} : { matrix }),
    seed: seed ?? randomInt(2 ** 31),
    argv: ['falldown', ...process.argv.slice(2)],
    version: identity(),
    progress,
    onStart: ({ dir, journal, live }) => {
      progress.say(`${experiment.name}: ${experiment.title} → ${dir}`);
      if (matrix !== undefined) progress.say(sizeOf(experiment, profile, matrix));
      progress.follow(journal, live);
    },
    onCell: ({ name, title, journal, live }) => {
      progress.say(`${name}: ${title}`);
      progress.follow(journal, live);
    },
  }).finally(() => progress.stop());
  const unwritten = await publishReports(outcome.dir, outcome.result);
  remember(outcome.result);
  for (const failure of outcome.failures) printError(failure);
  return { ...outcome, exitCode: unlessLost(outcome.exitCode, unwritten.length) };
}
