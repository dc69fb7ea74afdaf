import type { Journal } from '../journal/writer.ts';
import { loopDelay } from './loop-delay.ts';

/** Writes down, every few seconds, how the harness itself is doing: a slow observer must not pass for a slow cluster. */
export function sampleHarness(journal: Journal, everySeconds = 5): () => void {
  const delay = loopDelay();
  const sample = () => journal.append({ type: 'harness', rssBytes: process.memoryUsage.rss(), ...delay.take() });
  const timer = setInterval(sample, everySeconds * 1000);
  return () => {
    clearInterval(timer);
    delay.stop();
  };
}
