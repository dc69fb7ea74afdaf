import { Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { setupCommand } from './host-setup.ts';
import { asText, isFit } from './host-text.ts';
import { outputOption, printJson, say } from './output.ts';

const HOST_KINDS = ['embedded', 'kind'] as const;

interface HostFlags {
  on: string;
  output: 'human' | 'json';
}

export function hostCommand(): Command {
  const command = new Command('host')
    .description('What this host lacks for each kind of cluster, and setting it up.')
    .addHelpText(
      'after',
      `
Examples:
  falldown host check
  falldown host check --on kind -o json | jq '.[] | select(.state != "ok")'
  falldown host setup --dry-run`,
    );
  command
    .command('check')
    .description('Looks at what a kind of cluster needs, and says what to do about what is missing. Changes nothing.')
    .addOption(new Option('--on <provider>', 'kind of cluster').choices([...HOST_KINDS]).default('embedded'))
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown host check
  falldown host check --on kind && falldown run --on kind

Exit code 0: clusters can run here (warnings included); 3: they cannot.`,
    )
    .action(async (flags: HostFlags) => {
      process.exitCode = await check(flags);
    });
  command.addCommand(setupCommand());
  return command;
}

async function check(flags: HostFlags): Promise<number> {
  const { linesFor } = await import('./host-lines.ts');
  const lines = await linesFor(flags.on, AbortSignal.timeout(60_000));
  const fit = isFit(lines);
  if (flags.output === 'json') printJson(lines);
  else {
    for (const line of lines) process.stdout.write(`${asText(line)}\n`);
    say(fit ? `this host can run ${flags.on} clusters` : `this host cannot run ${flags.on} clusters`);
  }
  return fit ? EXIT.holds : EXIT.inconclusive;
}
