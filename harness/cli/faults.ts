import { Command } from 'commander';
import { FAULTS } from '../faults/catalogue.ts';
import { outputOption, printJson, table } from './output.ts';

export function faultsCommand(): Command {
  return new Command('faults')
    .description('Lists what falldown can do to a cluster that it made, and on which kinds of cluster.')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown faults
  falldown faults -o json | jq -r '.[] | select(.needs | index("embedded")).name'`,
    )
    .action((flags: { output: 'human' | 'json' }) => {
      if (flags.output === 'json') printJson(FAULTS);
      else {
        const rows = FAULTS.map(({ name, needs, describe }) => [name, needs.join(' or '), describe]);
        process.stdout.write(`${table(['NAME', 'NEEDS', 'DOES'], rows)}\n`);
      }
    });
}
