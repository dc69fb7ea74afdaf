import { Interrupted, onInterruption } from '../run/interruption.ts';
import { say } from './output.ts';

/**
 * Runs work that SIGINT and SIGTERM stop cleanly: no half-made file, no lock, no compiler is left. A second signal ends
 * it at once.
 * @param kept What is said of work that was stopped; default: nothing.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>, kept?: string): Promise<void> {
  const interruption = onInterruption(say);
  try {
    await work(interruption.signal);
  } catch (error) {
    const { reason } = interruption.signal;
    if (!(reason instanceof Interrupted)) throw error;
    process.exitCode = reason.exitCode;
    if (kept !== undefined) say(`stopped; ${kept}`);
  } finally {
    interruption.release();
  }
}
