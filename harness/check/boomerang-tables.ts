import type { CellResult, Conclusion, Scalar } from '../../reports/result.ts';
import { type Boomerang, boomerang } from './boomerang.ts';
import { medianOf } from './clean-ups.ts';
import { jobDebt, settledAt } from './job-debt.ts';
import type { JournalView } from './journal-view.ts';
import { refusals } from './refusals.ts';
import { schedulerLoad } from './scheduler-load.ts';
import { plural, secs, toMs } from './verdicts.ts';

/** The numbers of one cell of job-boomerang for result.json; empty when there was no clean-up, or it was not in sight. */
export function boomerangValues(view: JournalView): Record<string, Scalar | null> {
  const found = boomerang(view);
  if ('why' in found) return {};
  const { waves, ended, end, rulesDeleted, afterwards } = found;
  const from = waves[0]!.from;
  const count = (of: (w: (typeof waves)[number]) => number) => waves.reduce((sum, w) => sum + of(w), 0);
  const medians = waves.map((w) => medianOf(w.cameBack));
  const growth = medians.length > 1 && medians[0] && medians.at(-1) ? medians.at(-1)! / medians[0] : undefined;
  const since = rulesDeleted ?? waves.at(-1)!.answered;
  const settled = settledAt(jobDebt(view), since, end);
  const controllers = refusals(view, from, rulesDeleted ?? end).filter(
    (r) => r.by === 'event' && r.object.startsWith('Job/'),
  );
  const gaps = controllers.slice(1).map((r, i) => r.t - controllers[i]!.t);
  const stock = view.mark('stock.taken')?.data;
  const load = schedulerLoad(view, from, end);
  const number = (n: number | undefined) => (n === undefined ? null : toMs(n));
  const job = view.objects('Job').at(-1)?.seen.at(-1);
  return {
    how: waves.map((w) => w.how).join(', '),
    outcome: outcomeOf(found),
    asked: count((w) => w.asked),
    accepted: count((w) => w.accepted),
    removedPods: count((w) => w.removed.length),
    cameBackPods: count((w) => w.cameBack.length),
    firstBackSeconds: number(waves[0]?.cameBack[0]),
    firstWaveBackSeconds: number(medians[0]),
    lastWaveBackSeconds: medians.length > 1 ? number(medians.at(-1)) : null,
    backOffGrowth: growth === undefined ? null : Math.round(growth * 10) / 10,
    refusedCreations: controllers.reduce((sum, r) => sum + r.times, 0),
    longestRetrySeconds: gaps.length === 0 ? null : toMs(Math.max(...gaps)),
    heldByFinalizer: (stock?.held as number | undefined) ?? null,
    queueDepthBefore: load?.depthBefore ?? null,
    queueDepthMost: load?.depthMost ?? null,
    queueDepthEnd: load?.depthEnd ?? null,
    schedulingAttempts: load?.attempts ?? null,
    schedulingAttemptsInVain: load?.attemptsInVain ?? null,
    schedulingAttemptsPerSecondMost: load?.attemptsPerSecondMost ?? null,
    heldOutSeconds: rulesDeleted === undefined ? null : toMs(rulesDeleted - ended),
    madeAfterRulesDeleted: rulesDeleted === undefined ? null : afterwards.length,
    settledSeconds: settled === undefined ? null : toMs(settled - since),
    job:
      job === undefined
        ? null
        : job.op === 'deleted'
          ? 'deleted'
          : (job.state.gaveUp ?? (job.state.suspended ? 'suspended' : 'goes on')),
  };
}

function outcomeOf({ waves }: Boomerang): string {
  if (waves.every((w) => w.accepted === 0)) return 'refused';
  return waves.some((w) => w.cameBack.length > 0) ? 'came back' : 'stayed away';
}

type Column = [title: string, key: string];
const BACK: Column[] = [
  ['Asked', 'asked'],
  ['Accepted', 'accepted'],
  ['Pods removed', 'removedPods'],
  ['Came back', 'cameBackPods'],
  ['First back, s', 'firstBackSeconds'],
  ['Half back, first wave, s', 'firstWaveBackSeconds'],
  ['last wave, s', 'lastWaveBackSeconds'],
  ['Back-off grew ×', 'backOffGrowth'],
  ['The Job', 'job'],
];
const COSTS: Column[] = [
  ['Queue before', 'queueDepthBefore'],
  ['Queue at most', 'queueDepthMost'],
  ['Queue at the end', 'queueDepthEnd'],
  ['Attempts', 'schedulingAttempts'],
  ['In vain', 'schedulingAttemptsInVain'],
  ['A second, at most', 'schedulingAttemptsPerSecondMost'],
  ['Creations refused', 'refusedCreations'],
  ['Longest wait between them, s', 'longestRetrySeconds'],
  ['Held by a finalizer', 'heldByFinalizer'],
];
const SETTLES: Column[] = [
  ['Did not settle for, s', 'heldOutSeconds'],
  ['Made after the rules went', 'madeAfterRulesDeleted'],
  ['Settled after, s', 'settledSeconds'],
];

/** F11, F12: what each clean-up brought back, what it cost the scheduler, and whether it settled. */
export function boomerangTables(cells: readonly CellResult[]): Conclusion {
  const seen = cells.filter(({ values }) => values.how !== undefined);
  const table = (title: string, columns: Column[]) => ({
    title,
    columns: ['Clean-up', ...columns.map(([name]) => name)],
    rows: seen.map(({ name, values }) => [name, ...columns.map(([, key]) => rounded(values[key]))]),
  });
  const back = seen.filter(({ values }) => Number(values.cameBackPods) > 0);
  const refused = seen.filter(({ values }) => values.accepted === 0);
  const held = seen.filter(({ values: v }) => Number(v.heldByFinalizer) > 0 && v.heldOutSeconds !== null);
  const unsettled = seen.filter(({ values }) => values.settledSeconds === null);
  return {
    lines: [
      ...back.map(
        ({ name, values: v }) =>
          `${name}: ${v.cameBackPods} of ${v.removedPods} pods came back, half of them within ${secs(Number(v.firstWaveBackSeconds))}${typeof v.lastWaveBackSeconds === 'number' ? `, the next time within ${secs(v.lastWaveBackSeconds)}` : ''}.`,
      ),
      ...held.map(
        ({ name, values: v }) =>
          `${name}: ${plural(Number(v.heldByFinalizer), 'pod')} could not go; their finalizer could not be removed.`,
      ),
      ...(refused.length === 0 ? [] : [`Refused, so that nothing changed: ${refused.map((c) => c.name).join(', ')}.`]),
      ...(unsettled.length > 0
        ? [`These had not settled when the watch ended: ${unsettled.map((c) => c.name).join(', ')}.`]
        : seen.length > 0
          ? ['With the trigger gone each of them settled.']
          : []),
    ],
    tables: [
      table('What comes back', BACK),
      table('What it costs the scheduler and the Job controller', COSTS),
      table('Does it settle, once the trigger is gone', SETTLES),
    ].filter(({ rows }) => rows.length > 0),
  };
}

function rounded(value: Scalar | null | undefined): Scalar | null {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : (value ?? null);
}
