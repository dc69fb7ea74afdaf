import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Health } from './messages.ts';
import type { Lateness } from './recorder.ts';

/** The histogram's own resolution is part of what it reports. */
const RESOLUTION_MILLISECONDS = 10;

/** What the thread that calls it costs: each call tells of the time since the one before. */
export function threadHealth(lateness?: Lateness): () => Health {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
  delay.enable();
  return () => {
    const p99 = delay.percentile(99) / 1e9 - RESOLUTION_MILLISECONDS / 1000;
    delay.reset();
    const { user, system } = process.threadCpuUsage();
    return {
      cpuSeconds: (user + system) / 1e6,
      eventLoopDelayP99: Number.isFinite(p99) ? Math.max(0, p99) : 0,
      latenessP99: lateness?.take() ?? 0,
      wallSeconds: Date.now() / 1000,
    };
  };
}
