import type { Envelope, Watched, WatchState } from '../journal/events.ts';

interface Gap {
  from: number;
  to: number;
  reason: string;
}

/** When each watch could see, so that a checker never takes "nothing was seen" for "nothing happened". */
export class WatchSight {
  readonly #firstSync = new Map<Watched, number>();
  readonly #gaps = new Map<Watched, Gap[]>();
  readonly #stopped = new Map<Watched, number>();

  add(event: Envelope & WatchState): void {
    const gaps = this.#gaps.get(event.kind) ?? [];
    this.#gaps.set(event.kind, gaps);
    const open = gaps.at(-1)?.to === Number.POSITIVE_INFINITY ? gaps.at(-1) : undefined;
    switch (event.op) {
      case 'synced':
        if (!this.#firstSync.has(event.kind)) this.#firstSync.set(event.kind, event.t);
        if (open !== undefined) open.to = event.t;
        this.#stopped.delete(event.kind);
        break;
      case 'resumed': {
        // A gap is noticed after it began; the length that the watch measured itself reaches further back.
        const from = event.t - (event.seconds ?? 0);
        if (open === undefined) gaps.push({ from, to: event.t, reason: event.reason ?? 'gap' });
        else {
          open.from = Math.min(open.from, from);
          open.to = event.t;
        }
        this.#stopped.delete(event.kind);
        break;
      }
      case 'gap':
      case 'stopped':
        if (event.op === 'stopped') this.#stopped.set(event.kind, open?.from ?? event.t);
        if (open === undefined) {
          gaps.push({ from: event.t, to: Number.POSITIVE_INFINITY, reason: event.reason ?? event.op });
        }
    }
  }

  /** Was it ever watched at all, well or badly? */
  began(kind: Watched): boolean {
    return this.#gaps.has(kind);
  }

  /** Whether the first list was complete by then: what was listed before was there before the journal. */
  synced(kind: Watched, by: number): boolean {
    return (this.#firstSync.get(kind) ?? Number.POSITIVE_INFINITY) <= by;
  }

  /** Why the journal cannot be trusted about a kind in an interval of seconds; undefined when it saw all of it. */
  blind(kind: Watched, from: number, to: number): string | undefined {
    const synced = this.#firstSync.get(kind);
    if (synced === undefined) return `the ${kind} watch never synced`;
    if (synced > from) return `the ${kind} watch synced only at ${synced.toFixed(1)} s`;
    // A point in time counts as an interval too, hence both comparisons are strict.
    const gap = this.#gaps.get(kind)?.find((g) => g.from < to && g.to > from);
    if (gap === undefined) return undefined;
    const until = Number.isFinite(gap.to) ? `to ${gap.to.toFixed(1)} s` : 'to the end';
    return `the ${kind} watch was blind from ${gap.from.toFixed(1)} s ${until} (${gap.reason})`;
  }

  /** The gap that a watch never came out of, other than that it was stopped; undefined when it saw to its end. */
  lost(kind: Watched): { from: number; reason: string } | undefined {
    const last = this.#gaps.get(kind)?.at(-1);
    return last !== undefined && !Number.isFinite(last.to) && last.reason !== 'stopped' ? last : undefined;
  }

  /** When the watch was stopped for good, in seconds; undefined while it still ran. */
  stoppedAt(kind: Watched): number | undefined {
    return this.#stopped.get(kind);
  }
}
