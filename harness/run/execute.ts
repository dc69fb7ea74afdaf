import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterHandle, ClusterProvider, Profile, Progress } from '../../clusters/providers/provider.ts';
import type { CheckResult, Result } from '../../reports/result.ts';
import type { Verdict } from '../check/finding.ts';
import { EXIT, type FalldownError } from '../errors.ts';
import type { RunEnded, RunStarted } from '../journal/events.ts';
import { Journal } from '../journal/writer.ts';
import { Live } from '../observe/live.ts';
import type { MetricsTools } from '../observe/metrics/monitoring.ts';
import { NotSeen } from '../wait.ts';
import { closeRun } from './close-run.ts';
import { evaluate } from './evaluate.ts';
import { makeRunFolder, newRunId } from './folder.ts';
import { Interrupted } from './interruption.ts';
import { Ledger } from './ledger.ts';
import type { Cell } from './matrix.ts';
import { runWithMocha } from './mocha.ts';
import { type MatrixPlan, planMatrix, writeRestoreWith } from './plan-matrix.ts';
import { type Prepared, prepare } from './prepare.ts';
import { CellRunner } from './run-cells.ts';
import { asFailure, howItEnded, runStarted, runStep } from './run-step.ts';
import type { Experiment } from './script.ts';
import { Teardown } from './teardown.ts';
import { World } from './world.ts';

export interface RunRequest {
  experiment: Experiment;
  provider: ClusterProvider;
  profile: Profile;
  /** helm values that the rules come back with, from the profile's restoreWith. */
  safeguards: Record<string, unknown> | undefined;
  /** Which cells of its matrix, if it is one. */
  matrix?: MatrixPlan;
  /** Binaries of the metrics, when the profile asks for them. */
  metricsTools?: MetricsTools;
  seed: number;
  argv: string[];
  /** What getting the binaries took, before the run. */
  toolchainSeconds: number;
  /** Folder that the run's folder is made in. */
  out: string;
  /** Leave the cluster for a look, and say how to reach it. */
  keep: boolean;
  version: RunStarted['falldown'];
  signal: AbortSignal;
  progress: Progress;
  /** Told when the run has its journal, so that a progress line can follow it. */
  onStart?: (run: { runId: string; dir: string; live: Live; journal: Journal }) => void;
  /** The same for each cell of a matrix. */
  onCell?: (cell: { name: string; title: string; live: Live; journal: Journal }) => void;
}

export interface RunOutcome {
  runId: string;
  dir: string;
  result: Result;
  exitCode: number;
  /** What broke the run, or its clean-up. */
  failures: FalldownError[];
  /** The cluster that was kept. */
  kept?: ClusterHandle;
}

const EXIT_OF: Record<Verdict, number> = {
  holds: EXIT.holds,
  violated: EXIT.violated,
  inconclusive: EXIT.inconclusive,
};

/** One experiment from an empty machine to a result: provision → observe → journal → clean up → check. */
export async function execute(request: RunRequest): Promise<RunOutcome> {
  const { experiment, profile, progress } = request;
  const runId = newRunId(experiment.name);
  const dir = makeRunFolder(request.out, runId);
  const ledger = Ledger.open(runId, `run ${experiment.name}`, dir);
  const broken = new AbortController();
  /** For what no step can be told of: a journal that cannot be written, an error that nobody waits for. The run ends with it. */
  const onBroken = (error: unknown) => {
    if (broken.signal.aborted || isAbort(error)) return;
    stopped(error);
    broken.abort(error);
  };
  const journal = new Journal(join(dir, 'journal.ndjson'), onBroken);
  const live = new Live();
  journal.subscribe((event) => live.see(event));
  mkdirSync(join(dir, 'manifests'));
  writeFileSync(join(dir, 'manifests', 'profile.yaml'), stringify(profile));
  writeRestoreWith(dir, request.safeguards);
  journal.append(runStarted({ ...request, runId }));
  if (request.matrix !== undefined) planMatrix(request.matrix, dir, journal);
  request.onStart?.({ runId, dir, live, journal });

  const teardown = new Teardown();
  const failures: FalldownError[] = [];
  let ended: RunEnded = { type: 'run.ended', how: 'completed' };
  let prepared: Prepared | undefined;
  let world: World | undefined;
  let cells: CellRunner | undefined;
  let result: Result | undefined;

  const stopped = (error: unknown) => {
    if (broken.signal.aborted) return;
    ended = howItEnded(error, request.signal);
    if (!(error instanceof NotSeen) && !request.signal.aborted) failures.push(asFailure(error));
  };

  const tools = request.metricsTools;
  const metrics = tools === undefined ? {} : { metrics: { tools, dir: join(dir, 'metrics') } };
  const preparation = {
    ...request,
    ...metrics,
    signal: AbortSignal.any([request.signal, broken.signal]),
    onBroken,
    runId,
    dir,
    logsTo: join(dir, 'logs'),
    journal,
    live,
    ledger,
    teardown,
  };
  const forget = listenForStrays(onBroken);
  await runWithMocha(experiment, request.matrix?.cells ?? [], {
    async provision() {
      try {
        prepared = await prepare(preparation);
        world = new World(prepared.scene.parts);
      } catch (error) {
        stopped(error);
        throw error;
      }
    },
    async step(step) {
      try {
        await runStep(step, world as World, journal);
      } catch (error) {
        stopped(error);
        throw error;
      }
    },
    async cell(cell: Cell) {
      cells ??= new CellRunner(preparation, prepared as Prepared);
      try {
        const broke = await cells.run(cell);
        if (broke !== undefined) failures.push(asFailure(broke));
      } catch (error) {
        stopped(error);
        throw error;
      }
    },
    async teardown() {
      const { cleanupSeconds } = request.provider;
      const handle = prepared?.handle;
      failures.push(...(await closeRun({ ended, journal, handle, dir, progress, teardown, cleanupSeconds, ledger })));
    },
    evaluate(): CheckResult[] {
      result = evaluate(journal.path, experiment);
      return result.experiments[0]?.checks ?? [];
    },
  });

  forget();
  result ??= evaluate(journal.path, experiment);
  const keptHandle = request.keep ? prepared?.handle : undefined;
  return {
    runId,
    dir,
    result,
    failures,
    exitCode: exitCodeOf(result, failures, request.signal),
    ...(keptHandle === undefined ? {} : { kept: keptHandle }),
  };
}

/** Errors that no promise of a step carries. Mocha has listeners for them too, which would let the run go on as if nothing were. */
function listenForStrays(onBroken: (error: unknown) => void): () => void {
  const kinds = ['uncaughtException', 'unhandledRejection'] as const;
  for (const kind of kinds) process.on(kind, onBroken);
  return () => {
    for (const kind of kinds) process.off(kind, onBroken);
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Interruption, deadline and clean-up speak first: a script must not take a run that was cut off for a verdict. */
function exitCodeOf(result: Result, failures: FalldownError[], signal: AbortSignal): number {
  if (signal.aborted) return signal.reason instanceof Interrupted ? signal.reason.exitCode : EXIT.sigint;
  const cleanup = failures.find((f) => f.failure.kind === 'cleanup');
  if (result.verdict === 'violated') return EXIT.violated;
  const broken = failures.find((f) => f.failure.kind !== 'cleanup');
  if (broken !== undefined) return broken.exitCode;
  return cleanup?.exitCode ?? EXIT_OF[result.verdict];
}
