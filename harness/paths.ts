import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where binaries and charts are kept: `$XDG_CACHE_HOME/falldown`. Safe to delete. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'falldown');
}

/** Where clusters and the ledger live: `$XDG_STATE_HOME/falldown`. `falldown cleanup` empties it. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'falldown');
}

/** In a cluster's folder: the name of its provider. */
export const PROVIDER_FILE = 'provider';

/** The folder of one cluster: its record, its data, its kubeconfig and its logs. */
export function clusterDir(name: string): string {
  return join(stateDir(), 'clusters', name);
}
