import { Command } from 'commander';
import { type KnownCluster, knownClusters } from './cluster-list.ts';
import { outputOption, printJson, say, table } from './output.ts';

export function clustersCommand(): Command {
  return new Command('clusters')
    .description('Lists the clusters that falldown has made on this machine and that are not removed yet.')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown clusters
  export KUBECONFIG=$(falldown clusters -o json | jq -r '.[0].kubeconfig')`,
    )
    .action((flags: { output: 'human' | 'json' }) => {
      const clusters = knownClusters();
      if (flags.output === 'json') printJson(clusters);
      else if (clusters.length === 0) say('no clusters; falldown up makes one');
      else process.stdout.write(`${table(HEADER, clusters.map(row))}\n`);
    });
}

const HEADER = ['NAME', 'PROVIDER', 'MADE BY', 'AGE', 'STATE', 'KEPT', 'OWNER'];

function row(c: KnownCluster): string[] {
  const owner = c.ownerAlive ? `alive (pid ${c.ownerPid})` : 'gone';
  return [c.name, c.provider, c.madeBy, age(c.ageSeconds), c.state, c.kept ? 'yes' : 'no', owner];
}

/** As kubectl shows ages: two digits are enough. */
export function age(seconds: number): string {
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
