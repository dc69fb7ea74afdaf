import { createHistogram } from 'node:perf_hooks';
import type { ApiClass, ApiSamples, Route } from '../../journal/api-events.ts';

export type Batch = Omit<ApiSamples, 'type'>;

/** The requests of one series: those under way, and those that ended since the last batch. */
export class Recorder {
  readonly #class: ApiClass;
  readonly #via: Route;
  readonly #protocol: string;
  readonly #now: () => number;
  /** In the order of their due times, as they were begun. */
  readonly #open = new Map<number, { due: number; giveUp: () => void }>();
  #next = 0;
  #due: number[] = [];
  #waited: number[] = [];
  #failed: [number, number][] = [];
  #censored: number[] = [];

  /** `now`: milliseconds of the run. */
  constructor(series: { class: ApiClass; via: Route }, protocol: string, now: () => number) {
    this.#class = series.class;
    this.#via = series.via;
    this.#protocol = protocol;
    this.#now = now;
  }

  /** Begins a request; `start` sends it and returns what gives it up. `done` hears of its HTTP status. */
  begin(due: number, start: (done: (code: number) => void) => () => void, done?: (code: number) => void): void {
    const id = this.#next++;
    // Known before it is sent: it may fail at once.
    const one = { due, giveUp: (): void => undefined };
    this.#open.set(id, one);
    one.giveUp = start((code) => {
      if (!this.#open.delete(id)) return;
      this.ended(due, this.#now() - due, code);
      done?.(code);
    });
  }

  /** A sample that was timed elsewhere; times in milliseconds. */
  ended(due: number, waited: number, code: number, censored = false): void {
    if (censored) this.#censored.push(this.#due.length);
    else if (code < 200 || code > 299) this.#failed.push([this.#due.length, code]);
    this.#due.push(seconds(due));
    this.#waited.push(seconds(Math.max(0, waited)));
  }

  /** Gives up what has waited for longer; true when there was any. */
  giveUp(afterMilliseconds: number): boolean {
    let any = false;
    for (const [id, { due, giveUp }] of this.#open) {
      const waited = this.#now() - due;
      if (waited < afterMilliseconds) break;
      this.#open.delete(id);
      giveUp();
      this.ended(due, waited, 0, true);
      any = true;
    }
    return any;
  }

  /** What came to its end since the last time; undefined when there is nothing to tell. */
  take(): Batch | undefined {
    if (this.#due.length === 0 && this.#open.size === 0) return undefined;
    const [oldest] = this.#open.values();
    const batch: Batch = {
      class: this.#class,
      via: this.#via,
      protocol: this.#protocol,
      due: this.#due,
      waited: this.#waited,
      ...(this.#failed.length === 0 ? {} : { failed: this.#failed }),
      ...(this.#censored.length === 0 ? {} : { censored: this.#censored }),
      open: this.#open.size,
      oldestSeconds: oldest === undefined ? 0 : seconds(this.#now() - oldest.due),
    };
    this.#due = [];
    this.#waited = [];
    this.#failed = [];
    this.#censored = [];
    return batch;
  }
}

/** How late requests were sent, for the sampler's account of itself. */
export class Lateness {
  readonly #histogram = createHistogram();

  /** Milliseconds. */
  add(late: number): void {
    // The histogram takes whole numbers from 1: microseconds.
    this.#histogram.record(Math.max(1, Math.round(late * 1000)));
  }

  /** p99 in seconds since the last time. */
  take(): number {
    const p99 = this.#histogram.count === 0 ? 0 : this.#histogram.percentile(99) / 1e6;
    this.#histogram.reset();
    return p99;
  }
}

/** Milliseconds to seconds, to the tenth of a millisecond. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10_000;
}
