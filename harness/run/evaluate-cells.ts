import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Profile } from '../../clusters/providers/provider.ts';
import type { CellResult, Outcome } from '../../reports/result.ts';
import { Cells } from '../check/cells.ts';
import { JournalView } from '../check/journal-view.ts';
import { runCheck } from '../check/run-check.ts';
import { reasonOf } from '../errors.ts';
import { readJournal } from '../journal/reader.ts';
import { judge } from './judge.ts';
import type { Cell } from './matrix.ts';
import { MATRIX_PLANNED } from './plan-matrix.ts';
import type { Experiment } from './script.ts';

const OUTCOMES: readonly Outcome[] = ['fell', 'limped', 'stood'];

/** Path of a cell's journal in the run's folder. */
export function cellJournal(name: string): string {
  return join('cells', name, 'journal.ndjson');
}

/** The profile of a recorded run; one that is older than these fields has neither. */
export function profileOf(dir: string): Profile {
  const recorded = parse(readFileSync(join(dir, 'manifests', 'profile.yaml'), 'utf8')) as Profile;
  return { ...recorded, repeats: recorded.repeats ?? 1, factorial: recorded.factorial ?? [] };
}

/** Judges the cells of a recorded matrix, each by its own journal; the run's own journal says which there should be. */
export function evaluateCells(dir: string, experiment: Experiment, view: JournalView): Cells {
  const plan = view.mark(MATRIX_PLANNED)?.data;
  if (experiment.cells === undefined || plan === undefined) return new Cells();
  const byName = new Map(experiment.cells(profileOf(dir)).map((cell) => [cell.name, cell]));
  const cells = namesIn(plan.cells).flatMap((name) => byName.get(name) ?? []);
  return new Cells(withRepeats(cells.map((cell) => evaluateCell(dir, cell))), namesIn(plan.leftOut));
}

/** Cells that were repeated and did not end the same each time are inconclusive, and say how often they ended how. */
function withRepeats(cells: readonly CellResult[]): CellResult[] {
  const first = ({ name, repeats = name }: CellResult) => repeats;
  const groups = Map.groupBy(cells, first);
  return cells.map((result) => {
    const outcomes = groups.get(first(result))!.flatMap(({ values }) => values.outcome ?? []);
    const counted = [...Map.groupBy(outcomes, (outcome) => outcome)].map(
      ([what, same]) => `${what} ${same.length} of ${outcomes.length}`,
    );
    if (counted.length < 2 || result.verdict !== 'holds') return result;
    const told = counted.join(', ');
    return { ...result, verdict: 'inconclusive', outcomes: told, reason: `timing decides: ${told}` };
  });
}

function namesIn(list: unknown): string[] {
  return typeof list === 'string' ? list.split(',').filter(Boolean) : [];
}

function evaluateCell(dir: string, cell: Cell): CellResult {
  const { view, damage } = viewOf(join(dir, cellJournal(cell.name)));
  const checks = cell.checks.map((c) => runCheck(c.name, c.facts, (journal) => c.body(journal, new Cells()), view));
  const judged = judge(view, checks);
  const said = damage ?? (view.run === undefined ? 'it was never begun' : undefined);
  let { verdict, reason } = said === undefined ? judged : { verdict: 'inconclusive' as const, reason: said };
  let values: CellResult['values'] = {};
  try {
    // A cell that was cut off has no numbers yet.
    if (view.ended !== undefined && view.phases.length > 0) values = cell.read?.(view) ?? {};
  } catch (error) {
    verdict = 'inconclusive';
    reason = `its values could not be read: ${reasonOf(error)}`;
  }
  return {
    ...judged,
    name: cell.name,
    title: cell.title,
    journal: cellJournal(cell.name),
    ...(cell.repeats === undefined ? {} : { repeats: cell.repeats }),
    verdict,
    // Of a trial people's view counts: the gate may limp while each gatekeeper stands, and the other way round.
    outcome: OUTCOMES.find((word) => word === values.outcome) ?? judged.outcome,
    reason,
    startedAt: view.run?.at ?? null,
    durationSeconds: view.end,
    startSeconds: view.cluster?.seconds ?? null,
    values,
  };
}

/** A damaged journal makes its own cell inconclusive, not the others. */
function viewOf(path: string): { view: JournalView; damage?: string } {
  if (!existsSync(path)) return { view: JournalView.from([]) };
  try {
    return { view: JournalView.from(readJournal(path)) };
  } catch (error) {
    return { view: JournalView.from([]), damage: reasonOf(error) };
  }
}

/** Names of the cells in a run's folder whose journal was written to its end: what `--resume` keeps. */
export function finishedCells(dir: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    const how = viewOf(join(dir, cellJournal(name))).view.ended?.how;
    return how === 'completed' || how === 'stopped';
  });
}
