import path from 'node:path';
import { withFileLock } from '../../harness/file-lock.ts';
import { prepareCache } from './cache.ts';
import type { Context } from './context.ts';

/**
 * Makes something in the cache while nobody else, of this or another process, makes the same; who has to wait is told
 * what for (`doing`). `work` looks again first: it may be there by then.
 */
export async function oneAtATime<T>(context: Context, key: string, doing: string, work: () => Promise<T>): Promise<T> {
  await prepareCache(context);
  return withFileLock(path.join(context.cache, 'locks', `${key}.lock`), work, {
    signal: context.signal,
    onWait: (holder) => {
      const who = holder?.pid === process.pid ? 'this falldown' : 'another falldown';
      context.progress.say(`${who} (pid ${holder?.pid ?? 'not known yet'}) is ${doing}; waiting for it`);
    },
  });
}
