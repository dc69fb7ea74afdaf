import { FalldownError, reasonOf } from '../errors.ts';

interface Step {
  what: string;
  undo: () => Promise<void>;
}

/**
 * Clean-up steps, run in reverse. A step is pushed before the thing it removes is made: what fails half-way is removed
 * too, so every `undo` must be safe for something that was never made.
 */
export class Teardown {
  readonly #steps: Step[] = [];

  push(what: string, undo: () => Promise<void> | void): void {
    this.#steps.push({ what, undo: async () => undo() });
  }

  /** Runs every step, also after one failed, within one budget of its own; throws CLEANUP_INCOMPLETE with what is left. */
  async run(budgetSeconds: number): Promise<void> {
    const left: string[] = [];
    const deadline = Date.now() + budgetSeconds * 1000;
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { what, undo } = step;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const rest = Math.max(100, deadline - Date.now());
        timer = setTimeout(() => reject(new Error(`not done within the ${budgetSeconds} s of the clean-up`)), rest);
      });
      await Promise.race([undo(), late])
        .catch((error: unknown) => left.push(`${what}: ${reasonOf(error)}`))
        .finally(() => clearTimeout(timer));
    }
    if (left.length === 0) return;
    throw new FalldownError({
      code: 'CLEANUP_INCOMPLETE',
      kind: 'cleanup',
      what: 'not everything could be removed',
      seen: left.join('\n'),
      limitSeconds: budgetSeconds,
      next: 'falldown cleanup',
    });
  }
}
