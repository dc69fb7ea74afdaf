import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import { withFileLock } from '../../harness/file-lock.ts';
import { cacheFolder } from '../toolchain/context.ts';
import { builderName, removeBuilder } from './assemble.ts';
import { docker } from './command.ts';

/** A lock that is not given within this is held by somebody who is at it. */
const LOCK_MS = 300;
/** `<key>.<uuid>`: where something for the cache is being made. */
const SCRATCH = /^(?<key>.+)\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes what a killed falldown left of its work for the cache: the containers in which it was making images, and its
 * scratch folders, which a node image fills with a gigabyte. What a living one is at stays.
 * @param gone Told what was removed.
 * @returns What would not go.
 */
export async function removeLeftWork(gone: (what: string) => void, env = process.env): Promise<string[]> {
  const cache = cacheFolder(env);
  const left: string[] = [];
  const whenNobodyIsAtIt = async (key: string, what: string, remove: () => Promise<void>) => {
    const patience = AbortSignal.timeout(LOCK_MS);
    const work = async () => {
      await remove();
      gone(what);
    };
    await withFileLock(path.join(cache, 'locks', `${key}.lock`), work, { signal: patience }).catch((error: unknown) => {
      if (error instanceof FalldownError || !patience.aborted) left.push(`${what}: ${reasonOf(error)}`);
    });
  };
  const prefix = builderName(cache);
  for (const container of await builders(prefix)) {
    const what = `container ${container}, in which an image was being made`;
    await whenNobodyIsAtIt(container.slice(prefix.length), what, () => removeBuilder(container));
  }
  const parent = path.join(cache, 'tmp');
  for (const name of await readdir(parent).catch(() => [])) {
    const key = SCRATCH.exec(name)?.groups?.key;
    if (key === undefined) continue;
    const folder = path.join(parent, name);
    await whenNobodyIsAtIt(key, folder, () => rm(folder, { recursive: true, force: true }));
  }
  return left;
}

/** None where no Docker runs: then it holds nothing that could be removed now. */
async function builders(prefix: string): Promise<string[]> {
  const args = ['ps', '--all', '--filter', `name=^/?${prefix}`, '--format', '{{.Names}}'];
  const what = 'Docker does not say which containers there are';
  const names = await docker(args, { signal: AbortSignal.timeout(30_000), what }).catch(() => '');
  return names.split('\n').filter(Boolean);
}
