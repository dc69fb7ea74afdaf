import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { headline } from '../../reports/headline.ts';
import { toJson } from '../../reports/json.ts';
import type { Result } from '../../reports/result.ts';
import { type Validation, type ValidationInput, validation } from '../../reports/validation.ts';
import { validationHtml, validationMarkdown, validationScreen } from '../../reports/validation-text.ts';
import { wentBlind } from '../../reports/validation-verdict.ts';
import { broke } from '../../reports/words.ts';
import { checkWritable, writeTexts } from '../../reports/write.ts';
import { EXIT } from '../errors.ts';
import { newRunId } from '../run/folder.ts';
import { Interrupted, onInterruption } from '../run/interruption.ts';
import { FLAGSHIP } from './catalog.ts';
import { knownResults } from './history-store.ts';
import { outputOption, printError, say } from './output.ts';
import { planText } from './plan.ts';
import { positive, withProfileOptions } from './profile-options.ts';
import { findProvider, requireFit, requireHost } from './providers.ts';
import { runOne } from './run-one.ts';
import { unlessLost } from './unless-lost.ts';
import { type PlannedRun, planValidation, type ValidateFlags, type ValidatePlan } from './validate-plan.ts';

interface Flags extends ValidateFlags {
  upgrade: boolean;
  dryRun?: boolean;
  timeout: number;
  out: string;
  output: 'human' | 'json' | 'markdown' | 'html';
}

const DEFAULT_TIMEOUT_SECONDS = 3600;
const EXITS = {
  safe: EXIT.holds,
  'safe with changes': EXIT.violated,
  'not safe': EXIT.violated,
  inconclusive: EXIT.inconclusive,
};

export function validateCommand(): Command {
  const command = new Command('validate')
    .description(
      'Before an upgrade: runs the experiments on both sides and the upgrade itself under load, and says whether it is safe, safe with changes (the values to set), or not. Exits with 0 only when it is safe as it is, with 1 when it is not, with 3 when it cannot tell.',
    )
    .requiredOption('--from <versions>', 'what runs now: kubernetes=VERSION,kyverno=VERSION, or one of the two')
    .requiredOption('--to <versions>', 'what it is to become; what is not named is the profile’s')
    .option('--from-values <file...>', 'helm values of the gatekeeper now')
    .option('--to-values <file...>', 'helm values of the gatekeeper afterwards')
    .option('--from-chart <ref>', 'your own chart now: a folder, a .tgz, or an oci:// address')
    .option('--to-chart <ref>', 'your own chart afterwards')
    .option('--experiments <name...>', 'what is run on both sides', [FLAGSHIP])
    .option('--only <cell...>', 'of a matrix among them: only these cells')
    .option('--no-upgrade', 'leave out the upgrade itself');
  return withProfileOptions(command)
    .option('--dry-run', 'print what would be run, and stop')
    .option('--timeout <seconds>', 'stop and clean up after this long', positive, DEFAULT_TIMEOUT_SECONDS)
    .option('--out <dir>', 'folder for the validation’s folder', join('reports', 'validations'))
    .addOption(outputOption('markdown', 'html'))
    .addHelpText(
      'after',
      `
Examples:
  falldown validate --from kyverno=1.18.2 --to kyverno=1.19.1
  falldown validate --from kubernetes=1.35.4 --to kubernetes=1.36.3
  falldown validate --from kyverno=1.18.2 --from-values now.yaml --to kyverno=1.19.1 --to-values next.yaml
  falldown validate --from kyverno=1.18.2 --to kyverno=1.19.1 --experiments safeguards --only 'collision-*'
  falldown validate --from kyverno=1.18.2 --to kyverno=1.19.1 --dry-run`,
    )
    .action(async (flags: Flags) => {
      process.exitCode = await validate(flags);
    });
}

async function validate(flags: Flags): Promise<number> {
  const planned = await planValidation(flags);
  const plan = flags.upgrade ? planned : { ...planned, upgrade: undefined };
  const provider = await findProvider('embedded');
  const certain = [...plan.sides.flatMap(({ from, to }) => [from, to]), ...(plan.upgrade ? [plan.upgrade.asIs] : [])];
  for (const { experiment } of certain) requireFit(experiment, provider);
  if (flags.dryRun === true) {
    for (const { role, experiment, profile, matrix } of certain) {
      process.stdout.write(`${role}: ${planText(experiment, provider, profile, matrix)}`);
    }
    if (plan.upgrade?.safeguarded !== undefined)
      say('and the upgrade once more with the safeguards, if it hurts as it is');
    return EXIT.holds;
  }
  await requireHost(provider);
  await checkWritable(flags.out);

  const started = new Date();
  const id = newRunId('validate', started);
  const dir = join(resolve(flags.out), id);
  const interruption = onInterruption(say, flags.timeout);
  const how = { provider, out: join(dir, 'runs'), keep: false, signal: interruption.signal };
  let cleanupIncomplete = false;
  const once = async (one: PlannedRun): Promise<Result | undefined> => {
    if (interruption.signal.aborted) return undefined;
    say(`${one.role}: Kubernetes ${one.profile.cluster.kubernetes}, Kyverno ${one.profile.gatekeeper.kyverno}`);
    // What the other runs found is worth having, whatever keeps one of them from being made.
    const outcome = await runOne(one, how).catch((error: unknown) => {
      if (!interruption.signal.aborted) printError(error);
      return undefined;
    });
    if (outcome === undefined) return undefined;
    const { result, failures } = outcome;
    cleanupIncomplete ||= failures.some((f) => f.failure.kind === 'cleanup');
    say(headline(result).split('\n')[0] ?? '');
    return result;
  };
  // A machine that is busy for a moment blinds a run; twice in a row it is no accident, and one that broke breaks again.
  const run = async (one: PlannedRun, before?: Result): Promise<Result | undefined> => {
    const first = await once(one);
    const whole = first?.experiments.every((e) => !broke(e)) === true;
    const blind = whole && (first?.verdict === 'inconclusive' || wentBlind(before, first) !== undefined);
    if (!blind || interruption.signal.aborted) return first;
    say('this run could not see everything: once more');
    return (await once(one)) ?? first;
  };
  let found: Validation;
  try {
    const results = await runAll(plan, run);
    const { reason } = interruption.signal;
    const stopped = interruption.signal.aborted
      ? reason instanceof Error
        ? reason.message
        : String(reason)
      : undefined;
    const { from, to, safeguards } = plan;
    const durationSeconds = Math.round((Date.now() - started.getTime()) / 1000);
    const frame = { id, startedAt: started.toISOString(), durationSeconds, from, to, safeguards, stopped };
    found = validation({ ...frame, ...results, known: knownResults() });
  } finally {
    interruption.release();
  }
  // An hour's finding is told first, whatever becomes of its files.
  show(found, dir, flags.output);
  const unwritten = await write(dir, found);
  const { aborted, reason } = interruption.signal;
  if (aborted) return reason instanceof Interrupted ? reason.exitCode : EXIT.sigint;
  const code = unlessLost(EXITS[found.verdict], unwritten);
  return cleanupIncomplete && code !== EXIT.violated ? EXIT.cleanupIncomplete : code;
}

/** Both sides, the upgrade, and the upgrade with the safeguards when it hurts without. */
async function runAll(
  plan: ValidatePlan,
  run: (one: PlannedRun, before?: Result) => Promise<Result | undefined>,
): Promise<Pick<ValidationInput, 'sides' | 'upgrade'>> {
  const sides = [];
  for (const plannedSide of plan.sides) {
    const from = await run(plannedSide.from);
    sides.push({ experiment: plannedSide.experiment, from, to: await run(plannedSide.to, from) });
  }
  if (plan.upgrade === undefined) return { sides, upgrade: undefined };
  const asIs = await run(plan.upgrade.asIs);
  const hurts = asIs?.experiments.some((e) => e.checks.some((c) => c.verdict === 'violated')) === true;
  const { safeguarded } = plan.upgrade;
  const mended = hurts && safeguarded !== undefined ? await run(safeguarded) : undefined;
  return { sides, upgrade: { asIs, safeguarded: mended } };
}

/** How many of its files could not be written; each is told. */
async function write(dir: string, v: Validation): Promise<number> {
  const unwritten = await writeTexts(dir, [
    { file: 'validation.json', render: () => toJson(v) },
    { file: 'validation.md', render: () => validationMarkdown(v) },
    { file: 'validation.html', render: () => validationHtml(v) },
  ]);
  for (const { error } of unwritten) printError(error);
  return unwritten.length;
}

function show(v: Validation, dir: string, output: Flags['output']): void {
  const text = {
    human: () => validationScreen(v, dir),
    json: () => toJson(v),
    markdown: () => validationMarkdown(v),
    html: () => validationHtml(v),
  };
  process.stdout.write(text[output]());
  if (output !== 'human') say(`report  ${dir}`);
}
