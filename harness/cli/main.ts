import { registerHooks } from 'node:module';
import { Command, CommanderError } from 'commander';
import { EXIT, FalldownError } from '../errors.ts';
import { Interrupted } from '../run/interruption.ts';
import { COMMANDS } from './commands.ts';
import { printError } from './output.ts';
import { version } from './version.ts';

/** An experiment anywhere on disk means this falldown when it imports 'falldown', not a second copy of it. */
function serveOurselves(): void {
  const index = new URL(`../index.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'falldown' ? { url: index, shortCircuit: true } : next(specifier, context),
  });
}

export async function main(argv: string[]): Promise<void> {
  serveOurselves();
  stopWhenNobodyReads();
  const program = new Command('falldown')
    .description('Makes a real Kubernetes control plane fall the way one platform did, and measures what holds.')
    .version(version(), '-V, --version')
    // `toolchain build --version family=version` is the command's own option, not a question for falldown's version.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  falldown run                         the whole incident on an embedded cluster, about two minutes
  falldown run --pods 20000            the same with a bigger fan-out
  falldown run --profile safeguarded   does it still fall with safeguards?
  falldown up                          a cluster to play with; prints its KUBECONFIG
  falldown report latest               the report of the last run again
  falldown cleanup                     remove what a crash left behind

Exit codes: 0 holds · 1 violated · 2 usage or config · 3 inconclusive · 4 deadline · 5 clean-up incomplete · 130/143 signals`,
    );
  // Only the command that is asked for is loaded: --help must answer at once.
  const [first, second] = argv.slice(2).filter((arg) => !arg.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  for (const { name, describe, load } of COMMANDS) {
    const command = wanted === name ? await load() : new Command(name).description(describe);
    program.addCommand(command);
  }
  withHouseRules(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}

/** Usage errors exit with 2, as the contract says (commander's own default is 1); help is as wide as asked for. */
function withHouseRules(command: Command): void {
  command.exitOverride().showSuggestionAfterError().configureHelp({ sortSubcommands: false, helpWidth: helpWidth() });
  for (const sub of command.commands) withHouseRules(sub as Command);
}

/** COLUMNS, as shells and CI set it, else the terminal's width, up to what is pleasant to read. */
function helpWidth(): number {
  const columns = Number(process.env.COLUMNS);
  return columns > 0 ? columns : Math.min(process.stdout.columns || 80, 100);
}

/** A reader that has seen enough (`| head`) is no error. */
function stopWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof Interrupted) return error.exitCode;
  printError(error);
  return error instanceof FalldownError ? error.exitCode : EXIT.inconclusive;
}
