import { setTimeout as delay } from 'node:timers/promises';
import { FalldownError } from './errors.ts';

export interface WaitOptions {
  /** What is waited for, as the end of "timed out waiting for …". */
  what: string;
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Seconds between two looks; default 0.2. */
  everySeconds?: number;
  /** What was there instead, asked only when time has run out. */
  seen?: () => string | Promise<string>;
  next?: string;
}

/** Thrown when something the method waits for did not come; the checks then say what it means. */
export class NotSeen extends FalldownError {}

/** Looks again and again until `look` gives something other than undefined or false. Throws NotSeen when time is up. */
export async function waitFor<T>(look: () => Promise<T> | T, options: WaitOptions): Promise<NonNullable<T>> {
  const started = performance.now();
  for (;;) {
    options.signal.throwIfAborted();
    const value = await look();
    if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>;
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed >= options.timeoutSeconds) {
      throw new NotSeen({
        code: 'NOT_SEEN',
        kind: 'infrastructure',
        what: `timed out waiting for ${options.what}`,
        seen: await options.seen?.(),
        elapsedSeconds: elapsed,
        limitSeconds: options.timeoutSeconds,
        next: options.next,
      });
    }
    await delay((options.everySeconds ?? 0.2) * 1000, undefined, { signal: options.signal });
  }
}
