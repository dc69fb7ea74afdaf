import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Profile } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import type { RunStarted } from '../journal/events.ts';
import { readJournal } from '../journal/reader.ts';
import { finishedCells, profileOf } from '../run/evaluate-cells.ts';
import { findRun } from '../run/folder.ts';
import { MATRIX_PLANNED, type MatrixPlan, RESTORE_WITH_FILE } from '../run/plan-matrix.ts';
import type { Experiment } from '../run/script.ts';
import { goingOnWith, type MatrixFlags, planFor } from './matrix-options.ts';
import type { MetricsFlags } from './metrics-files.ts';
import type { ProfileFlags } from './profile-options.ts';
import { experimentOf, refuseIfGoing } from './report.ts';

export interface Resumed {
  experiment: Experiment;
  profile: Profile;
  restoredValues: Record<string, unknown> | undefined;
  seed: number;
  /** Kind of cluster of the run; undefined when it never had one. */
  on: string | undefined;
  matrix: MatrixPlan;
}

/**
 * What it takes to go on with a matrix that was cut off: the same experiment, profile and seed, as they were recorded.
 * Throws RESUME_DIFFERS, RESUME_DONE, NOT_A_MATRIX, RUN_UNKNOWN or RUN_STILL_GOING.
 */
export async function resume(
  run: string,
  names: readonly string[],
  flags: MatrixFlags & { out: string; seed?: number; on?: string },
): Promise<Resumed> {
  const dir = realpathSync(findRun(run, flags.out));
  const { started, planned, on } = beginning(join(dir, 'journal.ndjson'));
  refuseIfGoing(started.runId);
  const [file, ...others] = names.filter((name) => name !== started.experiment);
  const experiment = await experimentOf(started, file);
  if (others.length > 0) throw differs(`${others.join(', ')} beside --resume`, `only ${started.experiment}`);
  if (flags.seed !== undefined && flags.seed !== started.seed) {
    throw differs(`--seed ${flags.seed}`, `--seed ${started.seed}, as in ${started.runId}`);
  }
  if (on !== undefined && flags.on !== undefined && flags.on !== on) {
    throw differs(`--on ${flags.on}`, `--on ${on}, as in ${started.runId}`);
  }
  const profile = profileOf(dir);
  const chosen = flags.only !== undefined || flags.skip !== undefined;
  const plan = planFor(experiment, profile, chosen || planned === undefined ? flags : { only: planned });
  if (plan === undefined) throw notAMatrix(experiment.name);
  const cells = finishedCells(dir, plan.selected);
  if (cells.length === plan.selected.length) throw done(basename(dir), cells.length);
  return {
    experiment,
    profile,
    restoredValues: yamlIn(join(dir, RESTORE_WITH_FILE)) as Resumed['restoredValues'],
    seed: started.seed,
    on,
    matrix: goingOnWith(plan, { runId: started.runId, dir, cells }),
  };
}

/** What the journal says before any cell began. */
function beginning(journal: string): { started: RunStarted; planned: string[] | undefined; on: string | undefined } {
  let started: RunStarted | undefined;
  let planned: string[] | undefined;
  let on: string | undefined;
  for (const event of readJournal(journal)) {
    if (event.type === 'run.started') started = event;
    if (event.type === 'mark' && event.name === MATRIX_PLANNED) planned = String(event.data?.cells).split(',');
    if (event.type === 'cluster.ready') on = event.provider;
  }
  if (started !== undefined) return { started, planned, on };
  throw new FalldownError({
    code: 'JOURNAL_EMPTY',
    kind: 'usage',
    what: 'the journal has no beginning, so there is nothing to go on with',
    on: journal,
  });
}

function yamlIn(path: string): unknown {
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined;
}

function differs(seen: string, expected: string): FalldownError {
  return new FalldownError({
    code: 'RESUME_DIFFERS',
    kind: 'usage',
    what: 'a run can only be resumed as it was begun',
    expected,
    seen,
    next: 'leave these arguments out, or start a new run without --resume',
  });
}

function notAMatrix(name: string): FalldownError {
  return new FalldownError({
    code: 'NOT_A_MATRIX',
    kind: 'usage',
    what: '--resume goes on with the cells of a matrix, and this experiment has none',
    on: name,
    next: `falldown run ${name}`,
  });
}

function done(run: string, cells: number): FalldownError {
  return new FalldownError({
    code: 'RESUME_DONE',
    kind: 'usage',
    what: `all ${cells} cells of the run are finished`,
    on: run,
    next: `falldown report ${run}`,
  });
}

/** Flags that say what is in the cluster. Typed, so that a flag which comes later cannot be forgotten here. */
const SETTLED: Record<keyof (ProfileFlags & MetricsFlags & Pick<MatrixFlags, 'repeat' | 'factorial'>), true> = {
  profile: true,
  kyvernoValues: true,
  policies: true,
  priorityClasses: true,
  workloads: true,
  prometheusConfig: true,
  rules: true,
  set: true,
  pods: true,
  repeat: true,
  factorial: true,
};

/** With --resume what is in the cluster is settled. Throws RESUME_DIFFERS. */
export function refuseProfileFlags(flags: object): void {
  const given = Object.keys(SETTLED).filter((f) => f in flags);
  if (given.length === 0) return;
  const dashed = given.map((name) => `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`);
  throw differs(dashed.join(' '), 'the profile of the run that is resumed');
}
