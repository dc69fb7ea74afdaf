import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from './processes.ts';

/** Signing a lock takes no time; after this long nobody is going to. */
const SIGN_MILLISECONDS = 10_000;

/**
 * Runs `work` while no other process holds the same lock file. A lock whose holder has died is taken over.
 * `onWait` is called once when somebody else holds it. Throws the signal's reason when it is aborted while waiting.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal; onWait?: (holder: ProcessIdentity | undefined) => void } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !(await take(path)); ) {
    const holder = await holderOf(path);
    if (await isLeftBehind(path, holder)) {
      if (await removeLeftBehind(path)) continue;
    } else {
      if (!waited) options.onWait?.(holder);
      waited = true;
    }
    await delay(50, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
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

/** Has its holder died; one without a name was left by somebody who died between making it and signing it. */
async function isLeftBehind(path: string, holder: ProcessIdentity | undefined): Promise<boolean> {
  return holder === undefined ? isOld(path) : !isAlive(holder);
}

/**
 * Removes a dead holder's lock, one contender at a time and after a second look: somebody who looked earlier may have
 * taken it over meanwhile, and theirs must stay. False when another one is at it.
 */
async function removeLeftBehind(path: string): Promise<boolean> {
  const claim = `${path}.claim`;
  if (!(await take(claim))) {
    if (await isOld(claim)) await rm(claim, { force: true });
    return false;
  }
  try {
    if (await isLeftBehind(path, await holderOf(path))) await rm(path, { force: true });
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function isOld(path: string): Promise<boolean> {
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
