import type { PodCounts, PodStateName } from '../../reports/recording.ts';
import type { JournalEvent, PodState } from '../journal/events.ts';
import { pointsUntil } from './grid.ts';

/** Counts the pods of the fan-out by state as the lines of a journal go by, and keeps the counts of each point in time. */
export class PodCounter {
  readonly #step: number;
  readonly #points: number;
  readonly #states = new Map<string, PodStateName>();
  readonly #now = { waiting: 0, running: 0, succeeded: 0, failed: 0 };
  readonly counts: PodCounts = { waiting: [], running: [], succeeded: [], failed: [] };

  constructor(end: number, step: number) {
    this.#step = step;
    this.#points = pointsUntil(end, step);
  }

  add(event: JournalEvent): void {
    if (event.type !== 'object' || event.kind !== 'Pod') return;
    const state = event.state as PodState;
    if (state.role !== 'encoding') return;
    this.#until(event.t);
    const before = this.#states.get(event.uid);
    const after = event.op === 'deleted' ? undefined : nameOf(state);
    if (before === after) return;
    if (before !== undefined) this.#now[before] -= 1;
    if (after === undefined) this.#states.delete(event.uid);
    else {
      this.#now[after] += 1;
      this.#states.set(event.uid, after);
    }
  }

  /** The counts of every point, when no line is left. */
  done(): PodCounts {
    this.#until(Number.POSITIVE_INFINITY);
    return this.counts;
  }

  /** Fills in the points before `t`: nothing has changed since. */
  #until(t: number): void {
    for (let n = this.counts.waiting.length; n < this.#points && n * this.#step < t; n++) {
      for (const [name, value] of Object.entries(this.#now)) this.counts[name as PodStateName].push(value);
    }
  }
}

function nameOf({ phase }: PodState): PodStateName {
  if (phase === 'Succeeded') return 'succeeded';
  if (phase === 'Failed') return 'failed';
  return phase === 'Running' ? 'running' : 'waiting';
}
