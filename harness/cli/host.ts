import { Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { type HostLine, judgeHost } from './host-checks.ts';
import { outputOption, paint, printJson, say } from './output.ts';
import { MADE } from './providers.ts';

interface HostFlags {
  on: string;
  output: 'human' | 'json';
}

export function hostCommand(): Command {
  const command = new Command('host').description('What this host lacks for each kind of cluster.').addHelpText(
    'after',
    `
Examples:
  falldown host check
  falldown host check -o json | jq '.[] | select(.state != "ok")'`,
  );
  command
    .command('check')
    .description('Looks at what a kind of cluster needs, and says what to do about what is missing. Changes nothing.')
    .addOption(new Option('--on <provider>', 'kind of cluster').choices([...MADE]).default('embedded'))
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown host check
  falldown host check && falldown run

Exit code 0: clusters can run here (warnings included); 3: they cannot.`,
    )
    .action(async (flags: HostFlags) => {
      process.exitCode = await check(flags);
    });
  return command;
}

async function check(flags: HostFlags): Promise<number> {
  const { hostFacts } = await import('./host-facts.ts');
  const lines = judgeHost(await hostFacts(AbortSignal.timeout(60_000)));
  const fit = lines.every((line) => line.state !== 'missing');
  if (flags.output === 'json') printJson(lines);
  else {
    for (const line of lines) process.stdout.write(`${asText(line)}\n`);
    say(fit ? `this host can run ${flags.on} clusters` : `this host cannot run ${flags.on} clusters`);
  }
  return fit ? EXIT.holds : EXIT.inconclusive;
}

const COLORS = { ok: 'green', warn: 'yellow', missing: 'red' } as const;

function asText({ check, state, seen, remedy }: HostLine): string {
  const margin = ' '.repeat(23);
  const text = `${paint(COLORS[state], state.padEnd(7))}  ${check.padEnd(12)}  ${seen.replaceAll('\n', `\n${margin}`)}`;
  return remedy === undefined ? text : `${text}\n${margin}remedy: ${remedy}`;
}
