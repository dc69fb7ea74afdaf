import { Command } from 'commander';
import type { HostLine } from '../../clusters/host/host-line.ts';
import type { SetupPlan } from '../../clusters/host/setup-plan.ts';
import { EXIT, FalldownError } from '../errors.ts';
import { confirm } from './confirm.ts';
import { asText, isFit } from './host-text.ts';
import { interruptible } from './interruptible.ts';
import { outputOption, printJson, say } from './output.ts';
import { ConsoleProgress } from './progress.ts';

interface SetupFlags {
  yes?: boolean;
  dryRun?: boolean;
  undo?: boolean;
  output: 'human' | 'json';
}

/** What `host setup -o json` prints. */
interface SetupResult {
  /** What was done; with --dry-run, what would be. */
  steps: { kind: string; will: string }[];
  /** What is not as wanted and cannot be changed from here. */
  notes: string[];
  done: boolean;
  /** As `host check --on kind` says it afterwards. */
  lines: HostLine[];
}

export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'Makes a Debian host able to run kind clusters: packages, the Docker daemon (also where there is no systemd), a runtime for hosts that withhold capabilities, kernel settings. Does only what is missing.',
    )
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only say what would be done')
    .option('--undo', 'take back what setup has made; the packages stay')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown host setup --dry-run
  falldown host setup --yes && falldown run --on kind
  falldown host setup --undo

It says what it will do, and asks. Safe to repeat: a second time there is nothing to do, or a daemon that died is
started again. What it makes is recorded in /var/lib/falldown/host.json.`,
    )
    .action(async (flags: SetupFlags) => {
      await interruptible(async (signal) => {
        process.exitCode = await (flags.undo === true ? undo(flags, signal) : setup(flags, signal));
      });
    });
}

async function setup(flags: SetupFlags, signal: AbortSignal): Promise<number> {
  const [{ kindHostFacts, linesFor }, { planSetup, tell }] = await Promise.all([
    import('./host-lines.ts'),
    import('../../clusters/host/setup-plan.ts'),
  ]);
  const facts = await kindHostFacts(signal);
  const plan = planSetup(facts);
  const steps = plan.steps.map((step) => ({ kind: step.kind, will: tell(step) }));
  if (
    !(await agreed(
      flags,
      steps.map(({ will }) => will),
      plan.notes,
      signal,
    ))
  ) {
    if (flags.output === 'json') printJson({ steps, notes: plan.notes, done: false, lines: [] } satisfies SetupResult);
    return flags.dryRun === true ? EXIT.holds : EXIT.inconclusive;
  }
  if (steps.length > 0) await perform(plan, facts.root, signal);
  const lines = await linesFor('kind', signal);
  const fit = isFit(lines);
  if (flags.output === 'json') printJson({ steps, notes: plan.notes, done: true, lines } satisfies SetupResult);
  else for (const line of lines.filter(({ state }) => state !== 'ok')) process.stdout.write(`${asText(line)}\n`);
  if (steps.length === 0) say('nothing to do');
  say(fit ? 'this host can run kind clusters' : 'this host still cannot run kind clusters');
  return fit ? EXIT.holds : EXIT.inconclusive;
}

async function perform(plan: SetupPlan, root: boolean, signal: AbortSignal): Promise<void> {
  requireRoot(root);
  const [{ performSetup }, { probePrivileged }, { withFileLock }, { HOST_PATHS }] = await Promise.all([
    import('../../clusters/host/setup.ts'),
    import('../../clusters/host/privileged-probe.ts'),
    import('../file-lock.ts'),
    import('../../clusters/host/paths.ts'),
  ]);
  const progress = new ConsoleProgress();
  try {
    await withFileLock(`${HOST_PATHS.record}.lock`, () => performSetup(plan.steps, progress, signal), {
      signal,
      onWait: (holder) => progress.say(`another falldown sets this host up (pid ${holder?.pid}): waiting`),
    });
    const done = progress.step('a privileged container');
    await probePrivileged(signal);
    done('runs');
  } finally {
    progress.stop();
  }
}

async function undo(flags: SetupFlags, signal: AbortSignal): Promise<number> {
  const [{ readRecord }, { tellUndo, staysAfterUndo, undoSetup }, { HOST_PATHS }] = await Promise.all([
    import('../../clusters/host/record.ts'),
    import('../../clusters/host/undo.ts'),
    import('../../clusters/host/paths.ts'),
  ]);
  const made = readRecord(HOST_PATHS.record);
  if (made === undefined) {
    if (flags.output === 'json') printJson({ undone: [], stays: [] });
    say('host setup has made nothing here');
    return EXIT.holds;
  }
  const [undone, stays] = [tellUndo(made, HOST_PATHS), staysAfterUndo(made)];
  const go = await agreed(flags, undone, stays, signal);
  if (go) {
    requireRoot(process.getuid?.() === 0);
    await undoSetup(made, HOST_PATHS, signal);
    say('undone');
  }
  if (flags.output === 'json') printJson({ undone, stays, done: go });
  return go || flags.dryRun === true ? EXIT.holds : EXIT.inconclusive;
}

/** Says what will be done and asks, unless there is nothing to do or --yes; with --dry-run the answer is no. */
async function agreed(
  flags: SetupFlags,
  will: readonly string[],
  notes: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if (will.length > 0) say(`falldown will, as root:\n${will.map((line) => `  - ${line}`).join('\n')}`);
  for (const note of notes) say(`note: ${note}`);
  if (flags.dryRun === true) {
    if (will.length === 0) say('nothing to do');
    return false;
  }
  if (will.length === 0 || flags.yes === true) return true;
  const yes = await confirm('Go on?', signal);
  if (!yes) say('nothing was changed');
  return yes;
}

function requireRoot(root: boolean): void {
  if (root) return;
  throw new FalldownError({
    code: 'HOST_NOT_ROOT',
    kind: 'setup',
    what: 'this needs root, and nothing was changed',
    next: 'sudo env "PATH=$PATH" npx falldown host setup; everything else runs without root, for users of the group docker',
  });
}
