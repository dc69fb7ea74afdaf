import path from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import { withFileLock } from '../../harness/file-lock.ts';
import { cacheFolder } from '../toolchain/context.ts';
import { BUILDER_PREFIX, removeBuilder } from './assemble.ts';
import { docker } from './command.ts';

/** A lock that is not given within this is held by somebody who is making that image. */
const LOCK_MS = 300;

/**
 * Removes the containers in which a killed falldown was making images; those of a living one stay.
 * @param gone Told what was removed.
 * @returns What would not go.
 */
export async function removeLeftBuilders(gone: (what: string) => void, env = process.env): Promise<string[]> {
  const signal = AbortSignal.timeout(30_000);
  const filter = ['--filter', `name=^/?${BUILDER_PREFIX}`, '--format', '{{.Names}}'];
  let names: string;
  try {
    names = await docker(['ps', '--all', ...filter], {
      signal,
      what: 'Docker does not say which containers there are',
    });
  } catch {
    // No Docker, or none that runs: then it holds nothing of ours that could be removed now.
    return [];
  }
  const left: string[] = [];
  for (const container of names.split('\n').filter(Boolean)) {
    const lock = path.join(cacheFolder(env), 'locks', `${container.slice(BUILDER_PREFIX.length)}.lock`);
    const remove = async () => {
      await removeBuilder(container);
      gone(`container ${container}, in which an image was being made`);
    };
    const patience = AbortSignal.timeout(LOCK_MS);
    await withFileLock(lock, remove, { signal: patience }).catch((error: unknown) => {
      if (error instanceof FalldownError) left.push(`container ${container}: ${error.failure.what}`);
      else if (!patience.aborted) throw error;
    });
  }
  return left;
}
