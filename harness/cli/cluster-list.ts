import { join } from 'node:path';
import { hint } from '../../clusters/profiles/did-you-mean.ts';
import { FalldownError } from '../errors.ts';
import { clusterDir } from '../paths.ts';
import { processesOf } from '../processes.ts';
import { type LedgerFile, ownerLives, readLedgers } from '../run/ledger.ts';

/** One cluster that a ledger knows. Its JSON form is what `falldown clusters -o json` prints. */
export interface KnownCluster {
  name: string;
  provider: string;
  /** What made it: `up`, `run admission-deadlock`. */
  madeBy: string;
  runId: string;
  startedAt: string;
  ageSeconds: number;
  state: 'running' | 'stopped' | 'unknown';
  kept: boolean;
  ownerAlive: boolean;
  ownerPid: number | null;
  kubeconfig: string;
}

export function knownClusters(ledgers: readonly LedgerFile[] = readLedgers(), now = Date.now()): KnownCluster[] {
  return ledgers.flatMap((file) =>
    file.resources
      .filter((resource) => resource.kind === 'cluster')
      .map(({ name, provider }) => ({
        name,
        provider,
        madeBy: file.title,
        runId: file.runId,
        startedAt: file.startedAt,
        ageSeconds: Math.max(0, Math.round((now - Date.parse(file.startedAt)) / 1000)),
        state: stateOf(name, provider),
        kept: file.keep,
        ownerAlive: ownerLives(file),
        ownerPid: file.owner?.pid ?? null,
        kubeconfig: join(clusterDir(name), 'kubeconfig'),
      })),
  );
}

/** A cluster of somebody else's has no processes of this machine that carry its mark. */
function stateOf(name: string, provider: string): KnownCluster['state'] {
  if (provider === 'current') return 'unknown';
  if (processesOf(name).length > 0) return 'running';
  // kwok is a process of this machine; without fake nodes a kind cluster has none.
  return provider === 'kind' ? 'unknown' : 'stopped';
}

/** The ledger that has the cluster. Throws CLUSTER_UNKNOWN: nothing else may be removed by name. */
export function ledgerOf(name: string, ledgers: readonly LedgerFile[]): LedgerFile {
  const has = (file: LedgerFile) => file.resources.some((r) => r.kind === 'cluster' && r.name === name);
  const found = ledgers.find(has);
  if (found !== undefined) return found;
  const names = ledgers.flatMap((file) => file.resources.filter((r) => r.kind === 'cluster').map((r) => r.name));
  throw new FalldownError({
    code: 'CLUSTER_UNKNOWN',
    kind: 'usage',
    what: 'falldown has made no such cluster, or has removed it already',
    on: `${name}${hint(name, names)}`,
    expected: names.length === 0 ? 'there are none' : names.join(', '),
    next: 'falldown clusters',
  });
}
