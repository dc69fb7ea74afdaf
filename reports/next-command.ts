import type { Result } from './result.ts';

export interface NextCommand {
  /** To paste into a POSIX shell. */
  command: string;
  /** The same in words, for a screen that the command does not fit. */
  inWords: string;
}

const REPRODUCE = 'the command under "How to reproduce" in summary.md';

/** What a reader of the verdict would do next: see it stand after it fell, or see again what did not go as expected. */
export function nextCommand(result: Result): NextCommand {
  if (result.verdict === 'holds') {
    if (result.experiments.some((e) => e.outcome === 'fell')) return afterTheFall(result);
    return { command: 'falldown run', inWords: REPRODUCE };
  }
  // The cluster stays, so that the reader can look at what the checks complain about.
  const keep = result.verdict === 'violated' && !has(givenArgs(result), '--keep');
  return { command: reproduce(result, ...(keep ? ['--keep'] : [])), inWords: REPRODUCE };
}

/** What the profile `safeguarded` is with other values. */
const WITHOUT_SAFEGUARDS = 'as-in-the-incident';

/** The same run with the safeguards. A profile of the user's own, or of another experiment, has none that are known here. */
function afterTheFall(result: Result): NextCommand {
  const args = givenArgs(result);
  const comparable = result.experiments.every(({ profile }) => profile === WITHOUT_SAFEGUARDS);
  if (args[0] === 'run' && comparable && !has(args, '--profile')) {
    const safeguards = ['--profile', 'safeguarded'];
    return { command: commandLine(args, ...safeguards), inWords: `${REPRODUCE}, with ${safeguards.join(' ')}` };
  }
  const out = valueAfter(args, '--out');
  // The checks of an experiment that does not come with falldown are in its file alone.
  const own = args.filter((arg) => /^[^=]+\.[cm]?[jt]s$/.test(arg));
  const flags = [...(out === undefined ? [] : ['--out', out]), ...(own.length === 1 ? ['--experiment', ...own] : [])];
  return { command: commandLine(['report', 'latest'], ...flags), inWords: 'falldown report with the folder above' };
}

/** The command line that repeats a run, quoted for a POSIX shell, with the seed it drew when none was given. */
export function reproduce(result: Result, ...more: string[]): string {
  const args = givenArgs(result);
  // A run that another command made is repeated by that command, which draws the seeds of its runs itself.
  if (args[0] !== 'run') return commandLine(args);
  return commandLine(args, ...(has(args, '--seed') ? [] : ['--seed', String(result.seed)]), ...more);
}

/** What the user gave after `falldown`. */
function givenArgs({ argv }: Result): readonly string[] {
  if (/(^|\/)node$/.test(argv[0] ?? '')) return argv.slice(2);
  return /(^|\/)falldown(\.js)?$/.test(argv[0] ?? '') ? argv.slice(1) : argv;
}

/** Whether a flag was given, as `--flag value` or `--flag=value`. */
function has(args: readonly string[], flag: string): boolean {
  return args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
}

function valueAfter(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) : args[at + 1];
}

/** A command line of falldown with more flags, quoted for a POSIX shell. */
function commandLine(args: readonly string[], ...flags: string[]): string {
  // What stands behind `--` is a name, so flags go before it.
  const end = args.indexOf('--');
  return ['falldown', ...args.toSpliced(end < 0 ? args.length : end, 0, ...flags)].map(quoted).join(' ');
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
