import type { ApiClass, ApiSamples, Envelope, Route, SampledSeries, SamplerState } from '../journal/events.ts';
import { secs } from './verdicts.ts';

/** One timed request. */
export interface Sample {
  /** Seconds of the run. */
  due: number;
  /** Seconds until the whole answer was there. */
  waited: number;
  /** HTTP status; 0 without an answer. */
  code: number;
  /** Nobody waited any longer: it took at least `waited`. */
  censored: boolean;
  /** The journal line that has it. */
  seq: number;
}

/** Every request of one class over one route, oldest first. */
export interface Series {
  class: ApiClass;
  via: Route;
  everySeconds: number | null;
  samples: Sample[];
}

/** A series is blind where nothing was due for longer than this, or than three of its intervals; seconds. */
const GAP_SECONDS = 2;
/** Clocks that were set, or stopped while the host slept, differ by more than this from one line to the next; seconds. */
const JUMP_SECONDS = 2;
/** A line may be written that much before the moment that it tells of: clocks are read one after the other; seconds. */
const SKEW_SECONDS = 0.5;

/** What the API sampler wrote down, and where nothing can be said because it did not see. */
export class ApiRecord {
  readonly #series = new Map<string, Series>();
  readonly #jumps: { t: number; by: number }[] = [];
  readonly #health: (Envelope & SamplerState)[] = [];
  #drift: number | undefined;
  #started: (Envelope & SamplerState) | undefined;
  #died: (Envelope & SamplerState) | undefined;
  #gatewayDied: (Envelope & SamplerState) | undefined;
  #sorted = true;

  add(event: Envelope & (ApiSamples | SamplerState)): void {
    if (event.type === 'sampler') this.#addState(event);
    else this.#addSamples(event);
  }

  /** Undefined when no sampler ever ran. */
  get started(): (Envelope & SamplerState) | undefined {
    return this.#started;
  }

  /** What the sampler and the gateway said of themselves. */
  get health(): readonly (Envelope & SamplerState)[] {
    return this.#health;
  }

  /** The gateway's deadline in seconds; undefined without a gateway. */
  get gatewayDeadlineSeconds(): number | undefined {
    return this.#started?.gatewayDeadlineSeconds ?? undefined;
  }

  get series(): readonly Series[] {
    if (!this.#sorted) {
      for (const { samples } of this.#series.values()) samples.sort((a, b) => a.due - b.due);
      this.#sorted = true;
    }
    return [...this.#series.values()];
  }

  /** Why nothing can be said of a series in an interval of seconds; undefined when every request due in it is known. */
  blind(series: Series, from: number, to: number): string | undefined {
    const jump = this.#jumps.find((j) => j.t >= from && j.t <= to + GAP_SECONDS);
    if (jump !== undefined) return `a clock jumped by ${secs(jump.by)} at ${secs(jump.t)}`;
    const died = this.#died;
    if (died !== undefined && died.t < to) return `the sampler stopped at ${secs(died.t)}: ${died.reason}`;
    const gateway = series.via === 'gateway' ? this.#gatewayDied : undefined;
    if (gateway !== undefined && gateway.t < to) return `the gateway stopped at ${secs(gateway.t)}: ${gateway.reason}`;
    const { samples, everySeconds } = series;
    const inside = samples.filter((s) => s.due >= from && s.due <= to);
    if (inside.length === 0) return `no ${nameOf(series)} was sampled from ${secs(from)} to ${secs(to)}`;
    // Requests that follow others come when those are answered; whether they were due is for the others to say.
    if (everySeconds === null) return undefined;
    const longest = Math.max(GAP_SECONDS, everySeconds * 3);
    let last = from;
    for (const at of [...inside.map((s) => s.due), to]) {
      if (at - last > longest) return `no ${nameOf(series)} was sampled from ${secs(last)} to ${secs(at)}`;
      last = at;
    }
    return undefined;
  }

  #addState(event: Envelope & SamplerState): void {
    if (event.wallSeconds !== undefined) this.#clock(event, event.wallSeconds);
    if (event.op === 'alive') this.#health.push(event);
    if (event.part === 'gateway' && event.op === 'stopped' && event.reason !== undefined) this.#gatewayDied = event;
    if (event.part !== 'sampler') return;
    if (event.op === 'stopped' && event.reason !== undefined) this.#died = event;
    if (event.op !== 'started') return;
    this.#started ??= event;
    for (const series of event.series ?? []) this.#of(series);
  }

  #addSamples(event: Envelope & ApiSamples): void {
    const { samples } = this.#of(event);
    const failed = new Map(event.failed);
    const censored = new Set(event.censored);
    for (const [i, due] of event.due.entries()) {
      const waited = event.waited[i] ?? Number.NaN;
      const ahead = due + waited - event.t;
      // Told before it happened, or ended before it began: one of the clocks is wrong.
      if (!(waited >= 0) || ahead > SKEW_SECONDS) this.#jumps.push({ t: event.t, by: ahead });
      const gone = censored.has(i);
      samples.push({ due, waited, code: gone ? 0 : (failed.get(i) ?? 200), censored: gone, seq: event.seq });
    }
    this.#sorted = false;
  }

  #of({ class: name, via, everySeconds = null }: { class: ApiClass; via: Route } & Partial<SampledSeries>): Series {
    const key = nameOf({ class: name, via });
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { class: name, via, everySeconds, samples: [] };
      this.#series.set(key, series);
    }
    return series;
  }

  #clock(event: Envelope, wallSeconds: number): void {
    const drift = wallSeconds - event.t;
    const by = this.#drift === undefined ? 0 : drift - this.#drift;
    if (Math.abs(by) > JUMP_SECONDS) this.#jumps.push({ t: event.t, by });
    this.#drift = drift;
  }
}

/** How reports call a series: `get-pod`, or `get-pod@gateway`. */
export function nameOf({ class: name, via }: { class: ApiClass; via: Route }): string {
  return via === 'direct' ? name : `${name}@${via}`;
}

export function failed({ code, censored }: Sample): boolean {
  return !censored && (code < 200 || code > 299);
}

/** The value that a share of sorted values does not exceed (nearest rank); undefined of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
