import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { FalldownError } from '../../harness/errors.ts';
import { processStart } from './process-age.ts';

const holderSchema = z.object({ id: z.string(), host: z.string(), pid: z.number(), start: z.string() });
type Holder = z.infer<typeof holderSchema>;

const POLL_MS = 150;
const HEARTBEAT_MS = 10_000;
/** A holder on another host cannot be looked up; it is gone when its heartbeat stopped for this long. */
const SILENT_MS = 60_000;

/**
 * Runs `work` while this process alone holds the lock file. Waits for a live holder, takes a dead one's lock over.
 * @param onWait called once with the holder's pid when there is one to wait for.
 * @throws the signal's reason when aborted while waiting.
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const id = randomUUID();
  const mine = `${file}.${id}`;
  const start = (await processStart(process.pid)) ?? 'unknown';
  // The content is written before the file gets the lock's name, so that nobody ever reads half a lock.
  await writeFile(mine, JSON.stringify({ id, host: os.hostname(), pid: process.pid, start } satisfies Holder));
  try {
    await acquire(file, mine, signal, onWait);
  } finally {
    await rm(mine, { force: true });
  }
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string, mine: string, signal: AbortSignal, onWait: (pid: number) => void): Promise<void> {
  for (let told = false; ; ) {
    signal.throwIfAborted();
    if (await linked(mine, file)) return;
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (await isGone(file, holder)) {
      if (await takeOver(file, mine, holder)) return;
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Replaces a dead holder's lock by ours. Two waiters may see the same dead holder: who makes the file named after it
 * may replace it, and only while the lock is still that holder's. (Exported for the test of that second condition.)
 * @returns whether the lock is now that of `mine`.
 */
export async function takeOver(file: string, mine: string, dead: Holder): Promise<boolean> {
  const claim = `${file}.after-${dead.id}`;
  if (!(await linked(mine, claim))) {
    const other = await readHolder(claim);
    if (other !== undefined && (await isGone(claim, other))) await rm(claim, { force: true });
    else await delay(POLL_MS);
    return false;
  }
  try {
    if ((await readHolder(file))?.id !== dead.id) return false;
    await rename(mine, file);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

/** Gives `existing` a second name; false when that name is taken. Atomic on every POSIX file system. */
async function linked(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the lock was released meanwhile. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    throw new FalldownError({
      code: 'TOOLCHAIN_LOCK_UNREADABLE',
      kind: 'setup',
      what: 'a lock file of the toolchain does not hold what falldown writes',
      on: file,
      next: `when no other falldown runs, remove it: rm ${file}`,
    });
  }
}

async function isGone(file: string, holder: Holder): Promise<boolean> {
  if (holder.host === os.hostname()) return (await processStart(holder.pid)) !== holder.start;
  const seen = await stat(file).catch(() => undefined);
  return seen !== undefined && Date.now() - seen.mtimeMs > SILENT_MS;
}
