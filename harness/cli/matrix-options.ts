import type { Command } from 'commander';
import { hint } from '../../clusters/profiles/did-you-mean.ts';
import type { Profile } from '../../clusters/providers/provider.ts';
import { few } from '../check/verdicts.ts';
import { FalldownError } from '../errors.ts';
import type { MatrixPlan } from '../run/plan-matrix.ts';
import { inOrder } from '../run/run-cells.ts';
import type { Experiment } from '../run/script.ts';

/** A matrix may have hundreds of cells. */
export const NAMES_SHOWN = 24;

export interface MatrixFlags {
  only?: string[];
  skip?: string[];
  resume?: string;
}

export function withMatrixOptions(command: Command): Command {
  return command
    .option('--only <cell...>', 'of a matrix: only these cells; * and ? stand for anything')
    .option('--skip <cell...>', 'of a matrix: all cells but these')
    .option('--resume <run>', 'go on with a matrix that was cut off: its finished cells are kept');
}

/** Which cells of an experiment to run. Throws CELL_UNKNOWN or NOT_A_MATRIX; undefined when it is no matrix. */
export function planFor(experiment: Experiment, profile: Profile, flags: MatrixFlags): MatrixPlan | undefined {
  const { only = [], skip = [] } = flags;
  const cells = experiment.cells?.(profile);
  if (cells === undefined) {
    if (only.length + skip.length === 0) return undefined;
    throw new FalldownError({
      code: 'NOT_A_MATRIX',
      kind: 'usage',
      what: '--only and --skip choose cells, and the experiment has none',
      on: experiment.name,
      next: 'falldown experiments -o json lists the cells of those that have some',
    });
  }
  const names = cells.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`experiment "${experiment.name}" has two cells "${twice}"`);
  for (const pattern of [...only, ...skip]) mustMatch(pattern, names, experiment.name);
  const usual = new Set(cells.filter((cell) => cell.byDefault !== false).map(({ name }) => name));
  const chosen = (name: string) =>
    (only.length === 0 ? usual.has(name) : only.some((glob) => matches(glob, name))) &&
    !skip.some((glob) => matches(glob, name));
  const selected = names.filter(chosen);
  if (selected.length === 0) throw unknown('no cell is left', [...only, ...skip].join(' '), names, experiment.name);
  return {
    cells: inOrder(cells.filter(({ name }) => chosen(name))),
    selected,
    leftOut: names.filter((name) => !chosen(name)),
  };
}

/** A plan without the cells that an earlier run has finished. */
export function goingOnWith(plan: MatrixPlan, resumed: NonNullable<MatrixPlan['resumed']>): MatrixPlan {
  return { ...plan, resumed, cells: plan.cells.filter(({ name }) => !resumed.cells.includes(name)) };
}

function mustMatch(pattern: string, names: readonly string[], experiment: string): void {
  if (!names.some((name) => matches(pattern, name))) throw unknown('no such cell', pattern, names, experiment);
}

function unknown(what: string, on: string, names: readonly string[], experiment: string): FalldownError {
  return new FalldownError({
    code: 'CELL_UNKNOWN',
    kind: 'usage',
    what,
    on: `${on}${hint(on, names)}`,
    expected: `cells of ${experiment}: ${few(names, NAMES_SHOWN)}`,
    next: `falldown run ${experiment} --dry-run`,
  });
}

function matches(glob: string, name: string): boolean {
  const text = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`).test(name);
}
