import { loopDelay } from '../loop-delay.ts';
import type { Cost, Health } from './messages.ts';
import type { Lateness } from './recorder.ts';

/** What the thread that calls it has cost by now. */
export function threadCost(): Cost {
  const { user, system } = process.threadCpuUsage();
  return { cpuSeconds: (user + system) / 1e6, wallSeconds: Date.now() / 1000 };
}

/** The same, and how late the thread is: each call tells of the time since the one before. */
export function threadHealth(lateness: Lateness): () => Health {
  const delay = loopDelay();
  return () => ({ ...threadCost(), ...delay.take(), latenessP99: lateness.take() });
}
