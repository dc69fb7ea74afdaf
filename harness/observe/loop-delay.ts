import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * The histogram's own resolution is part of what it reports. Each look wakes the thread for some 0.1 ms of CPU, so fewer are
 * cheaper; of this many, p99 over 5 s is the largest.
 */
const RESOLUTION_MILLISECONDS = 100;

export interface LoopDelay {
  /** p99 since the last call, in seconds. */
  eventLoopDelayP99: number;
  /** p99 since the beginning, in seconds. */
  overallEventLoopDelayP99: number;
}

/** How late the event loop of the calling thread is: of what it was busy with, no timer and no answer was looked at. */
export function loopDelay(): { take(): LoopDelay; stop(): void } {
  const recent = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
  const overall = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });
  recent.enable();
  overall.enable();
  return {
    take() {
      const taken = { eventLoopDelayP99: p99(recent), overallEventLoopDelayP99: p99(overall) };
      recent.reset();
      return taken;
    },
    stop() {
      recent.disable();
      overall.disable();
    },
  };
}

function p99(histogram: ReturnType<typeof monitorEventLoopDelay>): number {
  const late = (histogram.percentile(99) / 1e6 - RESOLUTION_MILLISECONDS) / 1000;
  return Number.isFinite(late) ? Math.max(0, late) : 0;
}
