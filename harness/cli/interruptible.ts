import { EXIT } from '../errors.ts';
import { say } from './output.ts';

/**
 * Runs work that SIGINT and SIGTERM stop cleanly: no half-made file, no lock, no compiler is left.
 * @param kept What is said of work that was stopped.
 */
export async function interruptible(kept: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    process.exitCode = name === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
    stop.abort(new Error(`stopped by ${name}`));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say(`stopped; ${kept}`);
  } finally {
    process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
  }
}
