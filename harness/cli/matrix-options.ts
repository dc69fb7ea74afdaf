import type { Command } from 'commander';
import { hint } from '../../clusters/profiles/did-you-mean.ts';
import type { Profile } from '../../clusters/providers/provider.ts';
import { few, plural } from '../check/verdicts.ts';
import { FalldownError } from '../errors.ts';
import type { MatrixPlan } from '../run/plan-matrix.ts';
import { inOrder } from '../run/run-cells.ts';
import type { Experiment } from '../run/script.ts';
import { positive } from './profile-options.ts';

/** A matrix may have hundreds of cells. */
export const NAMES_SHOWN = 24;

export interface MatrixFlags {
  only?: string[];
  skip?: string[];
  resume?: string;
  repeat?: number;
  factorial?: string[];
}

export function withMatrixOptions(command: Command): Command {
  return command
    .option('--only <cell...>', 'of a matrix: only these cells; * and ? stand for anything')
    .option('--skip <cell...>', 'of a matrix: all cells but these')
    .option(
      '--repeat <n>',
      'of a matrix: each cell so often (1 to 9); one that ends differently is not called either',
      positive,
    )
    .option('--factorial <safeguard...>', 'of safeguards: every combination of these (at most 6) against the collision')
    .option('--resume <run>', 'go on with a matrix that was cut off: its finished cells are kept');
}

/** What is written into the profile, so that a report and --resume find the same cells again. */
export function matrixSettings({ repeat, factorial }: MatrixFlags): string[] {
  return [
    ...(repeat === undefined ? [] : [`repeats=${repeat}`]),
    ...(factorial === undefined ? [] : [`factorial=[${factorial.join(', ')}]`]),
  ];
}

/** Which cells of an experiment to run. Throws CELL_UNKNOWN or NOT_A_MATRIX; undefined when it is no matrix. */
export function planFor(experiment: Experiment, profile: Profile, flags: MatrixFlags): MatrixPlan | undefined {
  const { only = [], skip = [], repeat, factorial = [] } = flags;
  const cells = experiment.cells?.(profile);
  if (cells === undefined) {
    if (only.length + skip.length + factorial.length === 0 && repeat === undefined) return undefined;
    throw new FalldownError({
      code: 'NOT_A_MATRIX',
      kind: 'usage',
      what: '--only, --skip, --repeat and --factorial are about cells, and the experiment has none',
      on: experiment.name,
      next: 'falldown experiments -o json lists the cells of those that have some',
    });
  }
  const names = cells.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`experiment "${experiment.name}" has two cells "${twice}"`);
  for (const factor of profile.factorial) mustMatch(`collision-${factor}`, names, experiment.name);
  for (const pattern of [...only, ...skip]) mustMatch(pattern, names, experiment.name);
  const usual = new Set(cells.filter((cell) => cell.byDefault !== false).map(({ name }) => name));
  const first = new Map(cells.map(({ name, repeats = name }) => [name, repeats]));
  // A cell that is named means its repeats as well.
  const named = (globs: readonly string[], name: string) =>
    globs.some((glob) => matches(glob, name) || matches(glob, first.get(name) ?? name));
  const chosen = (name: string) => (only.length === 0 ? usual.has(name) : named(only, name)) && !named(skip, name);
  const selected = names.filter(chosen);
  if (selected.length === 0) throw unknown('no cell is left', [...only, ...skip].join(' '), names, experiment.name);
  return {
    cells: inOrder(cells.filter(({ name }) => chosen(name))),
    selected,
    leftOut: names.filter((name) => !chosen(name)),
  };
}

/** How much there is to do, for people to see before it begins. */
export function sizeOf(experiment: Experiment, profile: Profile, { cells }: MatrixPlan): string {
  const usual = experiment
    .cells?.({ ...profile, repeats: 1, factorial: [] })
    .filter((cell) => cell.byDefault !== false);
  const minutes = Math.ceil((experiment.typicalSeconds * cells.length) / Math.max(1, usual?.length ?? 1) / 60);
  return `${plural(cells.length, 'cell')}, about ${minutes} min on 2 cores`;
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
