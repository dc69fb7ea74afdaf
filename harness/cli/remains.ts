import { existsSync, readFileSync } from 'node:fs';
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { withFileLock } from '../file-lock.ts';
import { clusterDir, PROVIDER_FILE, stateDir } from '../paths.ts';
import { isAlive, type ProcessIdentity, processesOf } from '../processes.ts';
import { readLedgers } from '../run/ledger.ts';
import { findProvider, PROVIDERS } from './providers.ts';
import type { ProviderOf } from './remove.ts';

/** Told what was removed. */
type Gone = (what: string) => void;

/** Folders of helm's values that a killed falldown could not remove; an install takes seconds, its limit is minutes. */
const TEMPORARY = /^falldown-helm-/;
const TEMPORARY_AGE_SECONDS = 3600;
/** A lock is written in one go; one that names nobody after this long belonged to somebody who died in between. */
const NAMELESS_LOCK_SECONDS = 10;

/** Clusters that no ledger mentions and that nobody is making. Returns what would not go. */
export async function removeOrphans(gone: Gone, providerOf: ProviderOf = findProvider): Promise<string[]> {
  // Folders first: a cluster is recorded before its folder is made, so one that is being made now cannot look unknown.
  const folders = await namesIn(join(stateDir(), 'clusters'));
  const known = new Set(readLedgers().flatMap((file) => file.resources.map((resource) => resource.name)));
  const left: string[] = [];
  for (const name of folders) {
    if (known.has(name) || beingMade(name)) continue;
    try {
      for (const provider of await providersOf(name)) await (await providerOf(provider)).down(name);
      gone(`cluster ${name}, which no record mentions`);
    } catch (error) {
      left.push(`${clusterDir(name)}: ${reasonOf(error)}`);
    }
  }
  return left;
}

/** What its folder says it is; without a word of it, whatever it may be. */
async function providersOf(cluster: string): Promise<readonly string[]> {
  const said = await readFile(join(clusterDir(cluster), PROVIDER_FILE), 'utf8').catch(() => undefined);
  return said === undefined ? PROVIDERS : [said];
}

/** Does a process of the cluster descend from a falldown that is still there? A finished cluster's belong to init. */
function beingMade(cluster: string): boolean {
  return processesOf(cluster).some((pid) => {
    for (let parent = parentOf(pid); parent > 1; parent = parentOf(parent)) {
      if (readProc(parent, 'cmdline').split('\0').some(isFalldown)) return true;
    }
    return false;
  });
}

const isFalldown = (arg: string): boolean => /(^|\/)falldown(\.js)?$/.test(arg);

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
}

function readProc(pid: number, file: 'cmdline' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Locks whose holder is gone. A living one is never touched. */
export async function removeStaleLocks(gone: Gone): Promise<string[]> {
  const left: string[] = [];
  for (const name of await namesIn(stateDir())) {
    if (!name.endsWith('.lock')) continue;
    const path = join(stateDir(), name);
    try {
      const holder = await holderOf(path);
      if (holder === null ? (await ageOf(path)) < NAMELESS_LOCK_SECONDS : isAlive(holder)) continue;
      if (holder === null) await rm(path, { force: true });
      // Taken over and given back, as everybody who waits for it would do: a new holder's lock is not removed.
      else await withFileLock(path, async () => undefined);
      gone(`lock ${path}`);
    } catch (error) {
      if (existsSync(path)) left.push(`${path}: ${reasonOf(error)}`);
    }
  }
  return left;
}

async function holderOf(path: string): Promise<ProcessIdentity | null> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as ProcessIdentity | null;
  } catch {
    return null;
  }
}

/** What killed commands left in the shared temp folder: only this user's, and only what nobody can still be using. */
export async function removeTemporaries(gone: Gone): Promise<string[]> {
  const left: string[] = [];
  for (const name of await namesIn(tmpdir())) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(tmpdir(), name);
    try {
      if ((await lstat(path)).uid !== userInfo().uid || (await ageOf(path)) < TEMPORARY_AGE_SECONDS) continue;
      await rm(path, { recursive: true, force: true });
      gone(path);
    } catch (error) {
      if (existsSync(path)) left.push(`${path}: ${reasonOf(error)}`);
    }
  }
  return left;
}

/** What was being made for the cache, with the containers in which images are made. */
export async function removeUnfinishedWork(gone: Gone): Promise<string[]> {
  return (await import('../../clusters/node-image/leftovers.ts')).removeLeftWork(gone);
}

async function namesIn(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [])).sort();
}

/** Seconds since the last change. */
async function ageOf(path: string): Promise<number> {
  return (Date.now() - (await lstat(path)).mtimeMs) / 1000;
}
