import type { ClientTally } from '../../journal/client-events.ts';

const TOO_MANY_REQUESTS = 429;

/** What became of the requests of one kind of client since it was last asked. */
export class Tally {
  #seconds: number[] = [];
  #turnedAway = 0;
  #failed = 0;

  add(code: number, milliseconds: number): void {
    if (code === TOO_MANY_REQUESTS) this.#turnedAway += 1;
    else if (code < 200 || code > 299) this.#failed += 1;
    else this.#seconds.push(milliseconds / 1000);
  }

  /** Undefined when nothing came to its end. */
  take(): ClientTally | undefined {
    const sorted = Float64Array.from(this.#seconds).sort();
    const [turnedAway, failed] = [this.#turnedAway, this.#failed];
    this.#seconds = [];
    this.#turnedAway = 0;
    this.#failed = 0;
    if (sorted.length + turnedAway + failed === 0) return undefined;
    return {
      answered: sorted.length,
      turnedAway,
      failed,
      medianSeconds: toMs(sorted[(sorted.length - 1) >> 1] ?? 0),
      slowestSeconds: toMs(sorted.at(-1) ?? 0),
    };
  }
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
