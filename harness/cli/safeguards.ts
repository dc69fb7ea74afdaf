import { Command } from 'commander';
import { SAFEGUARDS } from '../safeguards/catalogue.ts';
import type { Safeguard } from '../safeguards/safeguard.ts';
import { outputOption, printJson, table } from './output.ts';

export function safeguardsCommand(): Command {
  return new Command('safeguards')
    .description(
      'Lists the safeguards that the experiment safeguards tries: what each changes in a profile, and what it is said to prevent. Whether that is so, the experiment measures.',
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown safeguards
  falldown safeguards -o json | jq -r '.[] | select(.exposes).name'
  falldown run safeguards --only collision-none collision-spread`,
    )
    .action((flags: { output: 'human' | 'json' }) => {
      if (flags.output === 'json') printJson(SAFEGUARDS.map(described));
      else process.stdout.write(`${table(['NAME', 'CHANGES', 'CLAIMS'], SAFEGUARDS.map(row))}\n`);
    });
}

function row({ name, describe, claims }: Safeguard): string[] {
  return [name, describe, claims];
}

function described({ name, describe, claims, against, exposes, apart }: Safeguard): object {
  return { name, describe, claims, against, exposes: exposes ?? null, apart: apart ?? null };
}
