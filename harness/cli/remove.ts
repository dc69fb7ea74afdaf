import type { ClusterProvider } from '../../clusters/providers/provider.ts';
import { FalldownError, reasonOf } from '../errors.ts';
import { killProcessesOf } from '../processes.ts';
import { Ledger, type LedgerFile, type Resource } from '../run/ledger.ts';
import { findProvider } from './providers.ts';

/** Gives the provider of a resource; tests give fakes. */
export type ProviderOf = (name: string) => Promise<Pick<ClusterProvider, 'down'>>;

export interface Removal {
  removed: Resource[];
  /** One line for each thing that would not go, and why. */
  left: string[];
}

/** Removes what a ledger says is there, the last thing first, and crosses out what is gone. */
export async function removeResources(
  file: LedgerFile,
  which: (resource: Resource) => boolean = () => true,
  providerOf: ProviderOf = findProvider,
): Promise<Removal> {
  const ledger = Ledger.adopt(file);
  const removed: Resource[] = [];
  const left: string[] = [];
  for (const resource of file.resources.filter(which).reverse()) {
    try {
      if (resource.kind === 'processes') await endMarked(resource.name);
      else await (await providerOf(resource.provider)).down(resource.name);
      ledger.forget(resource);
      removed.push(resource);
    } catch (error) {
      left.push(`${resource.kind} ${resource.name} of ${file.runId}: ${reasonOf(error)}`);
    }
  }
  ledger.close();
  return { removed, left };
}

async function endMarked(mark: string): Promise<void> {
  const left = await killProcessesOf(mark);
  if (left.length > 0) throw new Error(`processes ${left.join(', ')} did not die`);
}

/** Throws CLEANUP_INCOMPLETE (exit code 5) when something is left. */
export function mustBeEmpty(left: readonly string[]): void {
  if (left.length === 0) return;
  throw new FalldownError({
    code: 'CLEANUP_INCOMPLETE',
    kind: 'cleanup',
    what: 'not everything could be removed',
    seen: left.join('\n'),
    next: 'falldown cleanup',
  });
}
