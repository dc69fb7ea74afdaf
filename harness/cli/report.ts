import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { annotations } from '../../reports/annotations.ts';
import { EXIT, FalldownError } from '../errors.ts';
import type { RunStarted } from '../journal/events.ts';
import { readJournal } from '../journal/reader.ts';
import { evaluate } from '../run/evaluate.ts';
import { DEFAULT_OUT, findRun } from '../run/folder.ts';
import { ownerLives, readLedgers } from '../run/ledger.ts';
import type { Experiment } from '../run/script.ts';
import { builtInExperiments, findExperiment } from './catalog.ts';
import { publishReports } from './publish.ts';
import { showResult } from './show-result.ts';
import { unlessLost } from './unless-lost.ts';

interface ReportFlags {
  out: string;
  experiment?: string;
  output: 'human' | 'json' | 'github';
}

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Checks the journal of a recorded run again and rebuilds its reports: report.html, result.json, summary.md, junit.xml and metrics.txt. Exits with the verdict’s code.',
    )
    .argument('<run>', '`latest`, a run id or a part of it, or the path of a run’s folder')
    .option('--out <dir>', 'folder that holds the runs’ folders', DEFAULT_OUT)
    .option('--experiment <file>', 'file of the experiment, for a run of your own')
    .addOption(
      new Option('-o, --output <format>', 'what stdout gets; github: annotations for GitHub Actions')
        .choices(['human', 'json', 'github'])
        .default('human'),
    )
    .addHelpText(
      'after',
      `
Examples:
  falldown report latest
  falldown report 3fa9c1 -o json | jq .verdict
  falldown report /mnt/ci/20261123T101500Z-admission-deadlock-3fa9c1
  falldown report latest --experiment ./mine.spec.ts`,
    )
    .action(async (run: string, flags: ReportFlags) => {
      process.exitCode = await report(run, flags);
    });
}

/** Returns the exit code of the verdict, or of reports that could not be written. */
async function report(run: string, flags: ReportFlags): Promise<number> {
  const dir = realpathSync(findRun(run, flags.out));
  const journal = join(dir, 'journal.ndjson');
  const started = beginningOf(journal);
  refuseIfGoing(started.runId);
  const experiment = await experimentOf(started, flags.experiment);
  const result = evaluate(journal, experiment);
  const unwritten = await publishReports(dir, result);
  if (flags.output === 'github') process.stdout.write(annotations(result));
  else showResult(result, dir, flags.output);
  return unlessLost(EXIT[result.verdict], unwritten.length);
}

/** Half a journal says nothing, and the run will write its own reports into this folder. Throws RUN_STILL_GOING. */
export function refuseIfGoing(runId: string): void {
  // A run that is marked as kept is over: its maker may live on, with the next experiment.
  const going = readLedgers().find((file) => file.runId === runId && ownerLives(file) && !file.keep);
  if (going === undefined) return;
  throw new FalldownError({
    code: 'RUN_STILL_GOING',
    kind: 'usage',
    what: 'this run is still going, so its journal is not whole',
    on: runId,
    seen: `${going.title} (pid ${going.owner?.pid})`,
    next: 'wait for it to end: it writes its own reports',
  });
}

function beginningOf(journal: string): RunStarted {
  for (const event of readJournal(journal)) if (event.type === 'run.started') return event;
  throw new FalldownError({
    code: 'JOURNAL_EMPTY',
    kind: 'usage',
    what: 'the journal has no beginning, so there is nothing to report',
    on: journal,
  });
}

/** The experiment whose checks the journal is held against: another one's would say nothing about it. */
export async function experimentOf({ experiment: name }: RunStarted, file: string | undefined): Promise<Experiment> {
  if (name.startsWith('gameday ')) {
    throw new FalldownError({
      code: 'RUN_IS_GAME_DAY',
      kind: 'usage',
      what: 'this is the journal of a game day, which has a scorecard instead of checks',
      on: name,
      next: 'falldown gameday report RUN',
    });
  }
  if (file === undefined && !builtInExperiments().includes(name)) {
    throw new FalldownError({
      code: 'EXPERIMENT_UNKNOWN',
      kind: 'usage',
      what: 'the run is of an experiment that does not come with falldown',
      on: name,
      next: 'name its file: falldown report RUN --experiment FILE',
    });
  }
  const experiment = await findExperiment(file ?? name);
  if (experiment.name === name) return experiment;
  throw new FalldownError({
    code: 'EXPERIMENT_DIFFERS',
    kind: 'usage',
    what: 'the file is not the experiment of this run',
    on: file,
    expected: name,
    seen: experiment.name,
  });
}
