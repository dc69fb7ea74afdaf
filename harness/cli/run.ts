import { randomInt } from 'node:crypto';
import { Command, Option } from 'commander';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { checkWritable } from '../../reports/write.ts';
import { EXIT } from '../errors.ts';
import { execute, type RunOutcome } from '../run/execute.ts';
import { DEFAULT_OUT } from '../run/folder.ts';
import { onInterruption } from '../run/interruption.ts';
import type { Experiment } from '../run/script.ts';
import { FLAGSHIP, findExperiment } from './catalog.ts';
import { printError, say } from './output.ts';
import { planText } from './plan.ts';
import { type ProfileFlags, positive, withProfileOptions } from './profile-options.ts';
import { ConsoleProgress } from './progress.ts';
import { findProvider, imagesOption, PROVIDERS, type ProviderFlags, requireFit, requireHost } from './providers.ts';
import { publishReports } from './publish.ts';
import { remember } from './remember.ts';
import { showResult } from './show-result.ts';
import { identity } from './version.ts';

interface RunFlags extends ProfileFlags, ProviderFlags {
  on: string;
  seed?: number;
  keep?: boolean;
  dryRun?: boolean;
  timeout?: number;
  out: string;
  output: 'human' | 'json';
}

/** No experiment of falldown's own takes a quarter of this; a run that hangs must end some day. */
const DEFAULT_TIMEOUT_SECONDS = 3600;

export function runCommand(): Command {
  return withProfileOptions(
    new Command('run')
      .description('Provisions a cluster, runs experiments on it, and reports. Without a name: admission-deadlock.')
      .argument('[experiment...]', 'names (falldown experiments), or paths of your own experiment files')
      .addOption(new Option('--on <provider>', 'kind of cluster').choices([...PROVIDERS]).default('embedded')),
  )
    .addOption(imagesOption())
    .option('--allow-cluster <name>', 'with --on current: yes, break this cluster')
    .option('--seed <n>', 'seed of everything that is chosen at random', positive)
    .option('--keep', 'leave the cluster for a look; remove it with falldown down')
    .option('--dry-run', 'print what would be created and where, and stop')
    .option('--timeout <seconds>', 'stop and clean up after this long', positive, DEFAULT_TIMEOUT_SECONDS)
    .option('--out <dir>', 'folder for the runs’ folders', DEFAULT_OUT)
    .addOption(new Option('-o, --output <format>', 'what stdout gets').choices(['human', 'json']).default('human'))
    .addHelpText(
      'after',
      `
Examples:
  falldown run
  falldown run --pods 20000 --keep
  falldown run --on kind
  falldown run starvation -o json > result.json
  falldown run --profile ./mine.yaml --policies ./policies --kyverno-values values.yaml
  falldown run --dry-run`,
    )
    .action(async (names: string[], flags: RunFlags) => {
      process.exitCode = await run(names.length === 0 ? [FLAGSHIP] : names, flags);
    });
}

async function run(names: string[], flags: RunFlags): Promise<number> {
  // Everything that can be wrong with the input is found before anything is created.
  const experiments: Experiment[] = [];
  for (const name of names) experiments.push(await findExperiment(name));
  const plans = experiments.map((experiment) => ({
    experiment,
    loaded: loadProfile({ ...flags, profile: flags.profile ?? experiment.profile }),
  }));
  const provider = await findProvider(flags.on, flags);
  for (const experiment of experiments) requireFit(experiment, provider);
  if (flags.dryRun === true) {
    for (const { experiment, loaded } of plans) process.stdout.write(planText(experiment, provider, loaded.profile));
    return EXIT.holds;
  }
  await requireHost(provider);
  await checkWritable(flags.out);

  const interruption = onInterruption(say, flags.timeout);
  let exitCode: number = EXIT.holds;
  try {
    for (const { experiment, loaded } of plans) {
      const progress = new ConsoleProgress();
      // Before the run has a folder: without binaries there is no run.
      const toolchainSeconds = await provider
        .prepare(loaded.profile, progress, interruption.signal)
        .catch((error: unknown) => {
          progress.stop();
          throw interruption.signal.aborted ? interruption.signal.reason : error;
        });
      const outcome = await execute({
        toolchainSeconds,
        experiment,
        provider,
        profile: loaded.profile,
        safeguards: loaded.restoredValues,
        seed: flags.seed ?? randomInt(2 ** 31),
        argv: ['falldown', ...process.argv.slice(2)],
        out: flags.out,
        keep: flags.keep === true,
        version: identity(),
        signal: interruption.signal,
        progress,
        onStart: ({ dir, journal, live }) => {
          progress.say(`${experiment.name}: ${experiment.title} → ${dir}`);
          progress.follow(journal, live);
        },
      }).finally(() => progress.stop());
      await publish(outcome, flags);
      exitCode = worse(exitCode, outcome.exitCode);
      if (interruption.signal.aborted) break;
    }
  } finally {
    interruption.release();
  }
  return exitCode;
}

async function publish(outcome: RunOutcome, flags: RunFlags): Promise<void> {
  const { result, dir, failures, kept } = outcome;
  await publishReports(dir, result);
  remember(result);
  for (const failure of failures) printError(failure);
  showResult(result, dir, flags.output);
  if (kept !== undefined) say(`kept: export KUBECONFIG=${kept.kubeconfig}\n      falldown down ${kept.name}`);
}

/** Of several experiments the gravest counts: signals and deadlines, then clean-up, violated, inconclusive. */
function worse(a: number, b: number): number {
  const order = [EXIT.holds, EXIT.inconclusive, EXIT.violated, EXIT.usage, EXIT.cleanupIncomplete, EXIT.deadline];
  const rank = (code: number) => (code >= 128 ? order.length : order.indexOf(code as never));
  return rank(b) > rank(a) ? b : a;
}
