import { loopDelay } from '../loop-delay.ts';
import type { Health } from './messages.ts';
import type { Lateness } from './recorder.ts';

/** What the thread that calls it costs: each call tells of the time since the one before. */
export function threadHealth(lateness?: Lateness): () => Health {
  const delay = loopDelay();
  return () => {
    const { user, system } = process.threadCpuUsage();
    return {
      cpuSeconds: (user + system) / 1e6,
      ...delay.take(),
      latenessP99: lateness?.take() ?? 0,
      wallSeconds: Date.now() / 1000,
    };
  };
}
