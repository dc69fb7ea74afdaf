import { compareNumbers, type Difference } from './compare.ts';
import { outcomeChange } from './compare-outcomes.ts';
import type { CheckResult, ExperimentResult, Result } from './result.ts';
import type { Evidence, SideDifference } from './validation.ts';
import { DID, duration, quantity } from './words.ts';

/** The row that says what the cluster did on either side. */
export const OUTCOME = 'what the cluster did';

/** What one experiment found on both sides, row by row: the outcome, cells, checks that differ, numbers. */
export function differencesOf(
  experiment: string,
  a: Result | undefined,
  b: Result | undefined,
  known: readonly Result[],
): SideDifference[] {
  const [was, is] = [a?.experiments[0], b?.experiments[0]];
  if (a === undefined || b === undefined || was === undefined || is === undefined) return [];
  const cells = (was.cells ?? []).flatMap((cell) => {
    const now = is.cells?.find(({ name }) => name === cell.name);
    return now === undefined ? [] : [outcomeRow(experiment, `cell ${cell.name}`, cell, now, a, b)];
  });
  return [
    outcomeRow(experiment, OUTCOME, was, is, a, b),
    ...cells,
    ...checkRows(experiment, was, is, a, b),
    ...compareNumbers(a, b, known).map((d) => numberRow(experiment, d, a, b)),
  ];
}

type Told = Pick<ExperimentResult, 'outcome' | 'reason' | 'checks'>;

function outcomeRow(experiment: string, what: string, was: Told, is: Told, a: Result, b: Result): SideDifference {
  const state = was.outcome === is.outcome ? 'same' : (outcomeChange(was.outcome, is.outcome) ?? 'changed');
  const because = DID[is.outcome];
  const lines = (t: Told) => t.checks.find((c) => c.evidence.length > 0)?.evidence.slice(0, 6) ?? [];
  const evidence = [
    { runId: a.runId, lines: lines(was) },
    { runId: b.runId, lines: lines(is) },
  ];
  return { experiment, what, from: was.outcome, to: is.outcome, state, because, evidence };
}

/** What an experiment expects may be a fall: where the cluster did better, a check that fails is a change and not worse. */
function checkRows(experiment: string, was: ExperimentResult, is: ExperimentResult, a: Result, b: Result) {
  const improved = outcomeChange(was.outcome, is.outcome) === 'better';
  return was.checks.flatMap((before): SideDifference[] => {
    const after = is.checks.find(({ name }) => name === before.name);
    if (after === undefined || (after.verdict === before.verdict && after.measured === before.measured)) return [];
    const state =
      after.verdict === before.verdict
        ? // One run a side: another number may be chance.
          'unjudged'
        : after.verdict === 'violated'
          ? improved
            ? 'changed'
            : 'worse'
          : before.verdict === 'violated' && after.verdict === 'holds'
            ? 'better'
            : 'unjudged';
    const evidence = [evidenceOf(a, before), evidenceOf(b, after)];
    const row = { experiment, what: before.name, from: shown(before), to: shown(after) };
    return [{ ...row, state, because: after.because, evidence }];
  });
}

/** A timing beyond noise is told, and does not make an upgrade unsafe; counts and settings do. */
function numberRow(experiment: string, d: Difference, a: Result, b: Result): SideDifference {
  const value = (v: number | string) => valued(v, d.unit);
  const state = d.state === 'not worse' ? 'same' : d.state === 'worse' && d.unit === 's' ? 'changed' : d.state;
  const evidence = [a, b].map(({ runId }) => ({ runId, lines: [] }));
  return { experiment, what: d.what, from: value(d.before), to: value(d.after), state, because: d.because, evidence };
}

const evidenceOf = (r: Result, c: CheckResult): Evidence => ({ runId: r.runId, lines: c.evidence });

function valued(value: NonNullable<CheckResult['measured']>, unit: string | undefined): string {
  return typeof value === 'number' && unit === 's' ? duration(value) : quantity(value, unit);
}

/** `violated (3 pods)`. */
export function shown({ verdict, measured, unit }: Pick<CheckResult, 'verdict' | 'measured' | 'unit'>): string {
  const number = measured === undefined ? '' : ` (${valued(measured, unit)})`;
  return `${verdict}${number}`;
}
