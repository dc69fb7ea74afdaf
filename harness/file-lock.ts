import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from './processes.ts';

/** Signing a lock takes no time; after this long nobody is going to. */
const SIGN_MILLISECONDS = 10_000;

/**
 * Runs `work` while no other process holds the same lock file. A lock whose holder has died is taken over.
 * `onWait` is called once when somebody else holds it.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal; onWait?: (holder: ProcessIdentity | undefined) => void } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !(await take(path)); ) {
    const holder = await holderOf(path);
    if (holder === undefined ? await isAbandoned(path) : !isAlive(holder)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) options.onWait?.(holder);
    waited = true;
    await delay(50, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(identityOf(process.pid)));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock without a name was left by a holder that died between making it and signing it. */
async function isAbandoned(path: string): Promise<boolean> {
  const made = await stat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > SIGN_MILLISECONDS;
}

/** Undefined while the holder is still writing its name. */
async function holderOf(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
