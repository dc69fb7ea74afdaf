import type { Mark } from '../journal/events.ts';
import type { Line } from './journal-view.ts';

const OF_A_TRIGGER = ['trigger.injected', 'trigger.removed'];

/** The named moments of a run. */
export class Marks {
  readonly #byName = new Map<string, Line<Mark>[]>();

  add(mark: Line<Mark>): void {
    // The trigger is the one that was not taken back.
    if (mark.name === 'trigger.discounted') for (const name of OF_A_TRIGGER) this.#byName.delete(name);
    const same = this.#byName.get(mark.name);
    if (same === undefined) this.#byName.set(mark.name, [mark]);
    else same.push(mark);
  }

  /** Those of that name, oldest first. */
  of(name: string): readonly Line<Mark>[] {
    return this.#byName.get(name) ?? [];
  }
}
