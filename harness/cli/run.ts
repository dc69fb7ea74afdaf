import { Command, Option } from 'commander';
import { loadProfile } from '../../clusters/profiles/load.ts';
import type { Profile } from '../../clusters/profiles/profile.ts';
import { checkWritable } from '../../reports/write.ts';
import { EXIT, FalldownError } from '../errors.ts';
import type { RunOutcome } from '../run/execute.ts';
import { DEFAULT_OUT } from '../run/folder.ts';
import { onInterruption } from '../run/interruption.ts';
import type { MatrixPlan } from '../run/plan-matrix.ts';
import type { Experiment } from '../run/script.ts';
import { FLAGSHIP, findExperiment } from './catalog.ts';
import { type MatrixFlags, matrixSettings, planFor, withMatrixOptions } from './matrix-options.ts';
import { checkMetricsFiles, type MetricsFlags, withMetricsOptions } from './metrics-files.ts';
import { outputOption, printError, say } from './output.ts';
import { planText } from './plan.ts';
import { type ProfileFlags, positive, withProfileOptions } from './profile-options.ts';
import { findProvider, imagesOption, PROVIDERS, type ProviderFlags, requireFit, requireHost } from './providers.ts';
import { refuseProfileFlags, resume } from './resume.ts';
import { runOne } from './run-one.ts';
import { showResult } from './show-result.ts';

interface RunFlags extends ProfileFlags, ProviderFlags, MatrixFlags, MetricsFlags {
  /** Only when it was given. */
  on?: string;
  seed?: number;
  keep?: boolean;
  dryRun?: boolean;
  timeout?: number;
  out: string;
  output: 'human' | 'json';
}

const DEFAULT_PROVIDER = 'embedded';

/** No experiment of falldown's own takes a quarter of this; a run that hangs must end some day. */
const DEFAULT_TIMEOUT_SECONDS = 3600;

export function runCommand(): Command {
  const command = withProfileOptions(
    new Command('run')
      .description('Provisions a cluster, runs experiments on it, and reports. Without a name: admission-deadlock.')
      .argument('[experiment...]', 'names (falldown experiments), or paths of your own experiment files')
      .addOption(new Option('--on <provider>', 'kind of cluster').choices([...PROVIDERS]).default(DEFAULT_PROVIDER)),
  );
  return withMatrixOptions(withMetricsOptions(command).addOption(imagesOption()))
    .option('--allow-cluster <name>', 'with --on current: yes, break this cluster')
    .option('--seed <n>', 'seed of everything that is chosen at random', positive)
    .option('--keep', 'leave the cluster for a look; remove it with falldown down')
    .option('--dry-run', 'print what would be created and where, and stop')
    .option('--timeout <seconds>', 'stop and clean up after this long', positive, DEFAULT_TIMEOUT_SECONDS)
    .option('--out <dir>', 'folder for the runs’ folders', DEFAULT_OUT)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown run
  falldown run --pods 20000 --keep
  falldown run --on kind
  falldown run starvation -o json > result.json
  falldown run --profile ./mine.yaml --policies ./policies --kyverno-values values.yaml
  falldown run lying-metrics --prometheus-config prometheus.yml --rules alerts.yml
  falldown run recovery-race --only 'delete-*' wait
  falldown run safeguards --factorial replicas spread critical-priority --repeat 3
  falldown run --resume latest
  falldown run --dry-run`,
    )
    .action(async (names: string[], { on, ...flags }: RunFlags & { on: string }, self: Command) => {
      const given = self.getOptionValueSource('on') !== 'default';
      process.exitCode = await run(names, given ? { ...flags, on } : flags);
    });
}

interface Plan {
  experiment: Experiment;
  profile: Profile;
  restoredValues: Record<string, unknown> | undefined;
  matrix?: MatrixPlan | undefined;
  seed?: number;
  /** Kind of cluster of the run that is resumed. */
  on?: string | undefined;
}

/** What is going to run. Everything that can be wrong with the input is found here, before anything is created. */
async function plansFor(names: readonly string[], flags: RunFlags): Promise<Plan[]> {
  if (flags.resume !== undefined) {
    refuseProfileFlags(flags);
    return [await resume(flags.resume, names, flags)];
  }
  const experiments: Experiment[] = [];
  for (const name of names.length === 0 ? [FLAGSHIP] : names) experiments.push(await findExperiment(name));
  return experiments.map((experiment) => {
    const set = [...(flags.set ?? []), ...matrixSettings(flags)];
    const { profile, restoredValues } = loadProfile({ ...flags, set, profile: flags.profile ?? experiment.profile });
    return { experiment, profile, restoredValues, matrix: planFor(experiment, profile, flags) };
  });
}

async function run(names: string[], flags: RunFlags): Promise<number> {
  const plans = await plansFor(names, flags);
  const provider = await findProvider(plans[0]?.on ?? flags.on ?? DEFAULT_PROVIDER, flags);
  for (const { experiment } of plans) requireFit(experiment, provider);
  if (flags.keep === true && provider.name === 'kind') refuseToKeep(plans);
  if (flags.dryRun === true) {
    for (const plan of plans) process.stdout.write(planText(plan.experiment, provider, plan.profile, plan.matrix));
    return EXIT.holds;
  }
  await requireHost(provider);
  await checkWritable(flags.out);

  const interruption = onInterruption(say, flags.timeout);
  let exitCode: number = EXIT.holds;
  try {
    await checkMetricsFiles(flags, interruption.signal);
    for (const { experiment, profile, restoredValues, matrix, seed } of plans) {
      const how = { provider, out: flags.out, keep: flags.keep === true, signal: interruption.signal };
      const one = { experiment, profile, restoredValues, matrix, seed: seed ?? flags.seed };
      const outcome = await runOne(one, how).catch((error: unknown) => {
        // What those before it found counts all the same.
        if (plans.length === 1 || interruption.signal.aborted) throw error;
        printError(error);
        exitCode = worse(exitCode, error instanceof FalldownError ? error.exitCode : EXIT.inconclusive);
        return undefined;
      });
      if (outcome === undefined) continue;
      show(outcome, flags);
      exitCode = worse(exitCode, outcome.exitCode);
      if (interruption.signal.aborted) break;
    }
  } finally {
    interruption.release();
  }
  return exitCode;
}

/** There each cell makes a cluster anew, so there is none to keep that all of them were in. */
function refuseToKeep(plans: readonly Plan[]): void {
  const matrix = plans.find((plan) => plan.matrix !== undefined);
  if (matrix === undefined) return;
  throw new FalldownError({
    code: 'KEEP_OF_CELLS',
    kind: 'usage',
    what: 'on kind each cell of a matrix has a cluster of its own, and none of them can be kept',
    on: matrix.experiment.name,
    next: 'leave out --keep; --on embedded keeps the one cluster that all cells are in',
  });
}

function show({ result, dir, kept }: RunOutcome, flags: RunFlags): void {
  showResult(result, dir, flags.output);
  if (kept !== undefined) say(`kept: export KUBECONFIG=${kept.kubeconfig}\n      falldown down ${kept.name}`);
}

/** Of several experiments the gravest counts: signals and deadlines, then clean-up, violated, inconclusive. */
function worse(a: number, b: number): number {
  const order = [EXIT.holds, EXIT.inconclusive, EXIT.violated, EXIT.usage, EXIT.cleanupIncomplete, EXIT.deadline];
  const rank = (code: number) => (code >= 128 ? order.length : order.indexOf(code as never));
  return rank(b) > rank(a) ? b : a;
}
