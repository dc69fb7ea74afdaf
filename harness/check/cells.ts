import type { CellResult } from '../../reports/result.ts';
import { InconclusiveError } from './collect.ts';
import { inconclusive } from './verdicts.ts';

/** Thrown for a cell that the user left out (`--only`, `--skip`): the check that asked for it is left out too. */
export class NotSelected extends Error {
  readonly cell: string;

  constructor(cell: string) {
    super(`cell "${cell}" was not selected`);
    this.name = 'NotSelected';
    this.cell = cell;
  }
}

/** What the cells of a matrix found, for the checks over all of them. */
export class Cells implements Iterable<CellResult> {
  readonly #results: readonly CellResult[];
  readonly #leftOut: ReadonlySet<string>;

  constructor(results: readonly CellResult[] = [], leftOut: readonly string[] = []) {
    this.#results = results;
    this.#leftOut = new Set(leftOut);
  }

  [Symbol.iterator](): Iterator<CellResult> {
    return this.#results[Symbol.iterator]();
  }

  /**
   * The result of one cell. A cell that is inconclusive makes the check that asks for it inconclusive: what it did not
   * see is no finding. Throws on a name that the matrix does not have.
   */
  get(name: string): CellResult {
    const found = this.#results.find((cell) => cell.name === name);
    if (found === undefined) {
      if (this.#leftOut.has(name)) throw new NotSelected(name);
      throw new Error(`the matrix has no cell "${name}"`);
    }
    if (found.verdict === 'inconclusive') {
      throw new InconclusiveError(inconclusive(`cell ${name} is inconclusive: ${found.reason}`));
    }
    return found;
  }

  /** All selected cells; inconclusive as soon as one of them is. */
  all(): CellResult[] {
    return this.#results.map(({ name }) => this.get(name));
  }
}
