import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { hint } from '../../clusters/profiles/did-you-mean.ts';
import { FalldownError } from '../errors.ts';
import { findRun } from '../run/folder.ts';
import { type LedgerFile, ownerLives, readLedgers } from '../run/ledger.ts';
import { say } from './output.ts';
import { removeOrphans, removeStaleLocks, removeTemporaries, removeUnfinishedWork } from './remains.ts';
import { mustBeEmpty, type ProviderOf, removeResources } from './remove.ts';

interface CleanupFlags {
  run?: string;
  all?: boolean;
}

export function cleanupCommand(): Command {
  return new Command('cleanup')
    .description(
      'Removes what crashed runs left behind: clusters and their processes, folders, locks, temporary files. Recorded runs stay.',
    )
    .option('--run <id>', 'only what this run has made, even if it is still going on')
    .option('--all', 'also clusters that were made to stay, by up and by run --keep')
    .addHelpText(
      'after',
      `
Examples:
  falldown cleanup
  falldown cleanup --all
  falldown cleanup --run 20261123T101500Z-admission-deadlock-3fa9c1

It is safe to repeat. Exit code 5 says that something would not go, and what.`,
    )
    .action((flags: CleanupFlags) => cleanup(flags));
}

/** Removes the remains; throws CLEANUP_INCOMPLETE when something would not go. */
export async function cleanup(flags: CleanupFlags, providerOf?: ProviderOf): Promise<void> {
  if (flags.run !== undefined && flags.all === true) {
    throw new FalldownError({
      code: 'CLEANUP_WHAT',
      kind: 'usage',
      what: 'cleanup takes --run or --all, not both',
    });
  }
  const ledgers = readLedgers();
  const left: string[] = [];
  let count = 0;
  const gone = (line: string) => {
    count += 1;
    process.stdout.write(`removed ${line}\n`);
  };
  for (const file of flags.run === undefined ? finished(ledgers, flags.all === true) : named(ledgers, flags.run)) {
    const removal = await removeResources(file, undefined, providerOf);
    for (const { kind, name } of removal.removed) gone(`${kind} ${name} (${file.title}, ${file.runId})`);
    if (removal.removed.length === 0 && removal.left.length === 0) gone(`record of ${file.runId}, which left nothing`);
    left.push(...removal.left);
  }
  if (flags.run === undefined) {
    left.push(...(await removeOrphans(gone, providerOf)));
    left.push(
      ...(await removeStaleLocks(gone)),
      ...(await removeTemporaries(gone)),
      ...(await removeUnfinishedWork(gone)),
    );
  }
  mustBeEmpty(left);
  if (count === 0) say('nothing to clean up');
}

/** Ledgers of makers that are gone; those that were made to stay only with --all. */
function finished(ledgers: readonly LedgerFile[], all: boolean): LedgerFile[] {
  return ledgers.filter((file) => {
    if (ownerLives(file)) {
      say(`left alone: ${file.runId} is going on (pid ${file.owner?.pid})`);
      return false;
    }
    if (!file.keep || all) return true;
    for (const { name } of file.resources.filter((r) => r.kind === 'cluster'))
      say(`kept: ${name} (remove it: falldown down ${name})`);
    return false;
  });
}

/** The ledger of one run: none when the run is known to have left nothing. Throws RUN_UNKNOWN. */
function named(ledgers: readonly LedgerFile[], run: string): LedgerFile[] {
  const exact = ledgers.filter((file) => file.runId === run || file.runId === recordedRun(run));
  const found = exact.length > 0 ? exact : ledgers.filter((file) => file.runId.includes(run));
  // A run that has been cleaned up has no ledger any more; to ask again is no mistake.
  if (found.length === 1 || (found.length === 0 && (RUN_ID.test(run) || recordedRun(run) !== undefined))) return found;
  const ids = ledgers.map((file) => file.runId);
  throw new FalldownError({
    code: 'RUN_UNKNOWN',
    kind: 'usage',
    what: found.length > 1 ? 'several runs match' : 'no run of this name has left anything',
    on: `${run}${hint(run, ids)}`,
    expected: ids.length === 0 ? 'a run id' : ids.join(', '),
  });
}

const RUN_ID = /^\d{8}T\d{6}Z-.+-[0-9a-f]{6}$/;

/** The id behind `latest`, a part of an id, or a path. */
function recordedRun(run: string): string | undefined {
  try {
    return basename(realpathSync(findRun(run)));
  } catch {
    return undefined;
  }
}
