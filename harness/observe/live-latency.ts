import type { ApiSamples } from '../journal/events.ts';

/** Latencies kept for the running p99: about the last half minute. */
const RECENT = 120;

/** What the API feels like right now, for the progress line: requests of the last half minute, and those that still wait. */
export class LiveLatency {
  readonly #recent: number[] = [];
  /** Series → for how long its oldest request waits; seconds. */
  readonly #waiting = new Map<string, number>();

  /** The same for every series there is, those through the gateway and the slow ones included. */
  readonly #oldest = new Map<string, number>();

  see({ class: name, via, waited, open, oldestSeconds }: ApiSamples): void {
    this.#oldest.set(`${name}@${via}`, open === 0 ? 0 : oldestSeconds);
    // A list of everything takes its time on a healthy cluster too, and a watch's delay is no request.
    if (via !== 'direct' || name === 'list-all' || name === 'watch-delay') return;
    this.#recent.push(...waited);
    this.#recent.splice(0, this.#recent.length - RECENT);
    this.#waiting.set(name, open === 0 ? 0 : oldestSeconds);
  }

  /** For how long the oldest request of all waits by now; seconds. */
  get longestWait(): number {
    return Math.max(0, ...this.#oldest.values());
  }

  /** Seconds; undefined before the first sample. A stall shows while it lasts, not only once its requests are answered. */
  get p99(): number | undefined {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1];
    const longest = Math.max(0, ...this.#waiting.values());
    return p99 === undefined ? (longest > 0 ? longest : undefined) : Math.max(p99, longest);
  }
}
