import { dirname } from 'node:path';
import type { CheckResult, ExperimentResult, Result } from '../../reports/result.ts';
import { type Cells, NotSelected } from '../check/cells.ts';
import { JournalView } from '../check/journal-view.ts';
import { runCheck } from '../check/run-check.ts';
import { turningPoints } from '../check/turning-points.ts';
import { FalldownError } from '../errors.ts';
import { readJournal } from '../journal/reader.ts';
import { evaluateCells, profileOf } from './evaluate-cells.ts';
import { judge } from './judge.ts';
import type { Experiment } from './script.ts';

/**
 * From a journal to a result: checks and measures read the recording and nothing else, so this can be done again. The
 * cells of a matrix have theirs beside it, in `cells/`.
 */
export function evaluate(journalPath: string, experiment: Experiment): Result {
  const view = JournalView.from(readJournal(journalPath));
  const { run } = view;
  if (run === undefined) {
    throw new FalldownError({
      code: 'JOURNAL_EMPTY',
      kind: 'usage',
      what: 'the journal has no beginning, so there is nothing to report',
      on: journalPath,
    });
  }
  const result = evaluateExperiment(view, experiment, dirname(journalPath));
  const { cluster } = view;
  return {
    schemaVersion: 1,
    runId: run.runId,
    startedAt: run.at,
    durationSeconds: view.end,
    verdict: result.verdict,
    argv: run.argv,
    seed: run.seed,
    ...(run.settings === undefined ? {} : { settings: run.settings }),
    falldown: run.falldown,
    host: run.host,
    cluster:
      cluster === undefined
        ? null
        : {
            provider: cluster.provider,
            kubernetesVersion: cluster.kubernetesVersion,
            nodes: cluster.nodes,
            fakeNodes: cluster.fakeNodes,
          },
    gatekeeper:
      cluster === undefined
        ? null
        : {
            name: cluster.gatekeeper.name,
            version: cluster.gatekeeper.version,
            replicas: cluster.gatekeeper.replicas,
            priority: cluster.gatekeeper.priority,
          },
    experiments: [result],
  };
}

function evaluateExperiment(view: JournalView, experiment: Experiment, dir: string): ExperimentResult {
  const cells = evaluateCells(dir, experiment, view);
  const results = [...cells];
  const matrix = experiment.cells === undefined ? {} : { cells: results };
  const something = experiment.cells === undefined ? view.phases.length > 0 : results.length > 0;
  const conclusion = something ? experiment.conclude?.(results, profileOf(dir), view) : undefined;
  return {
    name: experiment.name,
    title: experiment.title,
    profile: view.run?.profile ?? '',
    facts: experiment.facts,
    ...judge(view, checksOf(experiment, view, cells), results),
    story: turningPoints(view),
    ...matrix,
    ...(conclusion === undefined ? {} : { conclusion }),
  };
}

/** A check that asks for a cell which the user left out is left out with it. */
function checksOf(experiment: Experiment, view: JournalView, cells: Cells): CheckResult[] {
  return experiment.checks.flatMap(({ name, facts, body }) => {
    let leftOut = false;
    const check = (journal: JournalView) => {
      try {
        body(journal, cells);
      } catch (error) {
        leftOut = error instanceof NotSelected;
        throw error;
      }
    };
    const result = runCheck(name, facts, check, view);
    return leftOut ? [] : [result];
  });
}
