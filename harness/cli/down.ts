import { Command } from 'commander';
import { FalldownError } from '../errors.ts';
import { type LedgerFile, ownerLives, readLedgers } from '../run/ledger.ts';
import { ledgerOf } from './cluster-list.ts';
import { say } from './output.ts';
import { mustBeEmpty, type ProviderOf, removeResources } from './remove.ts';

export function downCommand(): Command {
  return new Command('down')
    .description('Removes clusters made by up or kept by run --keep: their processes, their files, their kubeconfigs.')
    .argument('[name...]', 'names, as in falldown clusters')
    .option('--all', 'every cluster whose maker is done')
    .addHelpText(
      'after',
      `
Examples:
  falldown down demo
  falldown down --all

Only clusters that falldown has made can be named. What a crash left behind is removed by falldown cleanup.`,
    )
    .action(async (names: string[], flags: { all?: boolean }) => {
      await down(names, flags.all === true);
    });
}

/** Removes clusters by name, or all that nobody works with. Throws before anything is removed when a name is wrong. */
export async function down(names: readonly string[], all: boolean, providerOf?: ProviderOf): Promise<void> {
  if (all === names.length > 0) {
    throw new FalldownError({
      code: 'DOWN_WHAT',
      kind: 'usage',
      what: all ? 'down takes names or --all, not both' : 'down needs the name of a cluster, or --all',
      next: 'falldown clusters lists them',
    });
  }
  const ledgers = readLedgers();
  const wanted = all ? idleClusters(ledgers) : [...new Set(names)];
  const plan = wanted.map((name) => ({ name, file: ledgerOf(name, ledgers) }));
  for (const { name, file } of plan) refuseIfInUse(name, file);
  if (plan.length === 0) say('no clusters to remove');
  const left: string[] = [];
  for (const { name, file } of plan) {
    const only = await removeResources(file, (r) => r.kind === 'cluster' && r.name === name, providerOf);
    for (const gone of only.removed) process.stdout.write(`removed cluster ${gone.name} (${file.title})\n`);
    left.push(...only.left);
  }
  mustBeEmpty(left);
}

function idleClusters(ledgers: readonly LedgerFile[]): string[] {
  const names: string[] = [];
  for (const file of ledgers) {
    for (const { name } of file.resources.filter((r) => r.kind === 'cluster')) {
      if (ownerLives(file)) say(`left alone: ${name}, in use by ${file.title} (pid ${file.owner?.pid})`);
      else names.push(name);
    }
  }
  return names;
}

function refuseIfInUse(name: string, file: LedgerFile): void {
  if (!ownerLives(file)) return;
  throw new FalldownError({
    code: 'CLUSTER_IN_USE',
    kind: 'usage',
    what: 'this cluster is in use',
    on: name,
    seen: `${file.title} is going on (pid ${file.owner?.pid})`,
    next: `stop it with Ctrl-C or kill ${file.owner?.pid}; by force: falldown cleanup --run ${file.runId}`,
  });
}
