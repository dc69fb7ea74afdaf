import { availableParallelism, totalmem } from 'node:os';
import { FalldownError, reasonOf } from '../errors.ts';
import type { RunEnded, RunStarted } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { NotSeen } from '../wait.ts';
import type { RunRequest } from './execute.ts';
import { Interrupted } from './interruption.ts';
import type { Step } from './script.ts';
import { settingsDigest } from './settings-digest.ts';
import type { World } from './world.ts';

/** The first line of a journal. */
export function runStarted(
  p: Pick<RunRequest, 'profile' | 'seed' | 'argv' | 'version'> & {
    runId: string;
    experiment: { name: string; facts: string[] };
  },
): RunStarted {
  return {
    type: 'run.started',
    runId: p.runId,
    experiment: p.experiment.name,
    facts: p.experiment.facts,
    profile: p.profile.name,
    settings: settingsDigest(p.profile),
    seed: p.seed,
    argv: p.argv,
    falldown: p.version,
    host: { cores: availableParallelism(), memoryBytes: totalmem() },
  };
}

/** Runs one phase, told in the journal from its start to its end, however it ends. */
export async function runStep(step: Step, world: World, journal: Journal): Promise<void> {
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
export function howItEnded(error: unknown, signal: AbortSignal): RunEnded {
  const reason = reasonOf(signal.aborted ? signal.reason : error);
  if (signal.aborted) {
    const how = signal.reason instanceof Interrupted ? signal.reason.how : 'interrupted';
    return { type: 'run.ended', how, reason };
  }
  return { type: 'run.ended', how: error instanceof NotSeen ? 'stopped' : 'error', reason };
}

export function asFailure(error: unknown): FalldownError {
  if (error instanceof FalldownError) return error;
  return new FalldownError({
    code: 'RUN_BROKE',
    kind: 'infrastructure',
    what: 'the run broke',
    seen: reasonOf(error),
    cause: error,
  });
}
