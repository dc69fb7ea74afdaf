import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Journal } from '../journal/writer.ts';

/** Writes down, every few seconds, how the harness itself is doing: a slow observer must not pass for a slow cluster. */
export function sampleHarness(journal: Journal, everySeconds = 5): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sample = () => {
    const p99 = delay.percentile(99) / 1e9;
    delay.reset();
    // The histogram's own resolution (10 ms) is part of what it reports.
    journal.append({
      type: 'harness',
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayP99: Number.isFinite(p99) ? Math.max(0, p99 - 0.01) : 0,
    });
  };
  const timer = setInterval(sample, everySeconds * 1000);
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
