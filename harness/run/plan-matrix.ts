import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Journal } from '../journal/writer.ts';
import type { Cell } from './matrix.ts';

/** Which cells of a matrix a run is about. */
export interface MatrixPlan {
  /** To be run, in the order they run. */
  cells: readonly Cell[];
  /** Names of all cells of this run, those that an earlier run has finished among them, in the order of the matrix. */
  selected: readonly string[];
  /** Names of the cells that the user left out. */
  leftOut: readonly string[];
  /** The run that this one goes on with. */
  resumed?: { runId: string; dir: string; cells: readonly string[] };
}

/** Mark in the run's journal with its cells, before anything is made. */
export const MATRIX_PLANNED = 'matrix.planned';

/** Writes down what is going to run, and takes over what an earlier run has finished. */
export function planMatrix(plan: MatrixPlan, dir: string, journal: Journal): void {
  const { selected, leftOut, resumed } = plan;
  journal.append({
    type: 'mark',
    name: MATRIX_PLANNED,
    data: {
      cells: selected.join(','),
      leftOut: leftOut.join(','),
      ...(resumed === undefined ? {} : { resumed: resumed.runId, kept: resumed.cells.join(',') }),
    },
  });
  for (const cell of resumed?.cells ?? []) {
    cpSync(join(resumed!.dir, 'cells', cell), join(dir, 'cells', cell), { recursive: true });
  }
}

/** What `--resume` needs beside the profile: the values that the rules come back with. */
export const RESTORE_WITH_FILE = join('manifests', 'restore-with.yaml');

export function writeRestoreWith(dir: string, values: Record<string, unknown> | undefined): void {
  if (values !== undefined) writeFileSync(join(dir, RESTORE_WITH_FILE), stringify(values));
}
