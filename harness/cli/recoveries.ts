import { Command } from 'commander';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { RECOVERY_PATHS } from '../recovery/catalogue.ts';
import { outputOption, printJson, table } from './output.ts';

export function recoveriesCommand(): Command {
  return new Command('recoveries')
    .description(
      'Lists the ways out of the deadlock that people try: what each does, who has the permissions, and what it risks. Those that cannot work are among them; the experiment recovery-race measures which do.',
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown recoveries
  falldown recoveries -o json | jq -r '.[] | select(.name == "delete-rules").commands[]'
  falldown run recovery-race --only 'delete-rules*' wait`,
    )
    .action((flags: { output: 'human' | 'json' }) => {
      if (flags.output === 'human') {
        const rows = RECOVERY_PATHS.map(({ name, identity, describe, risk }) => [name, identity, describe, risk]);
        process.stdout.write(`${table(['NAME', 'BY', 'DOES', 'RISK'], rows)}\n`);
        return;
      }
      const { profile } = loadProfile({ profile: 'recovery-race' });
      printJson(RECOVERY_PATHS.map(({ commands, attempt: _, ...told }) => ({ ...told, commands: commands(profile) })));
    });
}
