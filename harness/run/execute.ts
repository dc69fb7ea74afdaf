import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterHandle, ClusterProvider, Profile, Progress } from '../../clusters/providers/provider.ts';
import type { CheckResult, Result } from '../../reports/result.ts';
import type { Verdict } from '../check/finding.ts';
import { EXIT, FalldownError, reasonOf } from '../errors.ts';
import type { RunEnded, RunStarted } from '../journal/events.ts';
import { Journal } from '../journal/writer.ts';
import { Live } from '../observe/live.ts';
import { NotSeen } from '../wait.ts';
import { collectLogs } from './collect-logs.ts';
import { evaluate } from './evaluate.ts';
import { makeRunFolder, newRunId } from './folder.ts';
import { Interrupted } from './interruption.ts';
import { Ledger } from './ledger.ts';
import { runWithMocha } from './mocha.ts';
import { prepare } from './prepare.ts';
import type { Experiment, Step } from './script.ts';
import { Teardown } from './teardown.ts';
import { World } from './world.ts';

export interface RunRequest {
  experiment: Experiment;
  provider: ClusterProvider;
  profile: Profile;
  /** helm values that the rules come back with, from the profile's restoreWith. */
  safeguards: Record<string, unknown> | undefined;
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
  const journal = new Journal(join(dir, 'journal.ndjson'));
  const live = new Live();
  journal.subscribe((event) => live.see(event));
  mkdirSync(join(dir, 'manifests'));
  writeFileSync(join(dir, 'manifests', 'profile.yaml'), stringify(profile));
  journal.append({
    type: 'run.started',
    runId,
    experiment: experiment.name,
    facts: experiment.facts,
    profile: profile.name,
    seed: request.seed,
    argv: request.argv,
    falldown: request.version,
    host: { cores: availableParallelism(), memoryBytes: totalmem() },
  });
  request.onStart?.({ runId, dir, live, journal });

  const teardown = new Teardown();
  const failures: FalldownError[] = [];
  let ended: RunEnded = { type: 'run.ended', how: 'completed' };
  let handle: ClusterHandle | undefined;
  let world: World | undefined;
  let result: Result | undefined;

  const stopped = (error: unknown) => {
    ended = howItEnded(error, request.signal);
    if (!(error instanceof NotSeen) && !request.signal.aborted) failures.push(asFailure(error));
  };

  await runWithMocha(experiment, {
    async provision() {
      try {
        const prepared = await prepare({
          ...request,
          runId,
          logsTo: join(dir, 'logs'),
          journal,
          live,
          ledger,
          teardown,
        });
        handle = prepared.handle;
        world = new World(prepared);
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
    async teardown() {
      journal.append(ended);
      journal.flush();
      if (handle !== undefined) await collectLogs(handle, join(dir, 'logs'));
      const cleaning = progress.step('clean up');
      try {
        await teardown.run(request.provider.cleanupSeconds);
        cleaning();
      } catch (error) {
        failures.push(asFailure(error));
      }
      journal.close();
      writeFileSync(join(dir, 'ledger.json'), `${JSON.stringify(ledger.file, null, 2)}\n`);
      ledger.close();
    },
    evaluate(): CheckResult[] {
      result = evaluate(journal.path, experiment);
      return result.experiments[0]?.checks ?? [];
    },
  });

  result ??= evaluate(journal.path, experiment);
  const keptHandle = request.keep ? handle : undefined;
  return {
    runId,
    dir,
    result,
    failures,
    exitCode: exitCodeOf(result, failures, request.signal),
    ...(keptHandle === undefined ? {} : { kept: keptHandle }),
  };
}

async function runStep(step: Step, world: World, journal: Journal): Promise<void> {
  const { phase, title } = step;
  journal.append({ type: 'phase.started', phase, title });
  try {
    await step.run(world);
    journal.append({ type: 'phase.ended', phase, ok: true });
  } catch (error) {
    journal.append({ type: 'phase.ended', phase, ok: false, reason: reasonOf(error) });
    throw error;
  }
}

/**
 * A step that did not see what it waited for ends the method, and the checks say what that means; in the steady state
 * it means that there was nothing to experiment on. Anything else broke the run.
 */
function howItEnded(error: unknown, signal: AbortSignal): RunEnded {
  const reason = reasonOf(signal.aborted ? signal.reason : error);
  if (signal.aborted) {
    const how = signal.reason instanceof Interrupted ? signal.reason.how : 'interrupted';
    return { type: 'run.ended', how, reason };
  }
  return { type: 'run.ended', how: error instanceof NotSeen ? 'stopped' : 'error', reason };
}

function asFailure(error: unknown): FalldownError {
  if (error instanceof FalldownError) return error;
  return new FalldownError({
    code: 'RUN_BROKE',
    kind: 'infrastructure',
    what: 'the run broke',
    seen: reasonOf(error),
    cause: error,
  });
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
