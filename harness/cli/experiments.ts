import { Command } from 'commander';
import { loadProfile } from '../../clusters/profiles/load.ts';
import type { Experiment } from '../run/script.ts';
import { spoken } from '../spoken.ts';
import { builtInExperiments, findExperiment } from './catalog.ts';
import { outputOption, printJson, table } from './output.ts';

export function experimentsCommand(): Command {
  return new Command('experiments')
    .description(
      'Lists the experiments: the facts of the incident that each reproduces, the kinds of cluster it runs on, and about how long it takes on 2 cores.',
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown experiments
  falldown experiments -o json | jq -r '.[] | select(.facts | index("F13")).name'`,
    )
    .action(async (flags: { output: 'human' | 'json' }) => {
      const experiments: Experiment[] = [];
      for (const name of builtInExperiments()) experiments.push(await findExperiment(name));
      if (flags.output === 'json') printJson(experiments.map(described));
      else process.stdout.write(`${table(HEADER, experiments.map(row))}\n`);
    });
}

const HEADER = ['NAME', 'FACTS', 'NEEDS', 'TIME', 'TITLE'];

function row({ name, facts, needs, typicalSeconds, title }: Experiment): string[] {
  return [name, facts.join(' '), needs.join(' or '), spoken(typicalSeconds), title];
}

function described(experiment: Experiment): object {
  const { name, title, facts, needs, profile, typicalSeconds, steps, checks } = experiment;
  const phases = steps.map((step) => ({ name: step.phase, title: step.title }));
  const cells = experiment.cells?.(loadProfile({ profile }).profile);
  return {
    ...{ name, title, facts, needs, profile, typicalSeconds, phases, checks: checks.map((check) => check.name) },
    ...(cells === undefined ? {} : { cells: cells.map((cell) => ({ name: cell.name, title: cell.title })) }),
  };
}
