import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Result } from '../../reports/result.ts';
import { parseResult } from '../../reports/schema.ts';
import { trendsOf } from '../../reports/trend.ts';
import { duration } from '../../reports/words.ts';
import { reasonOf } from '../errors.ts';
import { listRuns } from '../run/folder.ts';
import { History } from './history-store.ts';
import { outputOption, printJson, say, table } from './output.ts';

export function historyCommand(): Command {
  return new Command('history')
    .description(
      'Lists the past runs of this machine, and how steady each check was: in how many runs it held, and how often it changed from one run to the next of the same kind.',
    )
    .argument('[experiment]', 'only its runs')
    .option('--add <dir>', 'take in the runs of a folder, as reports/runs')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  falldown history
  falldown history admission-deadlock -o json
  falldown history --add reports/runs`,
    )
    .action((experiment: string | undefined, flags: { add?: string; output: 'human' | 'json' }) => {
      using history = History.open();
      if (flags.add !== undefined) takeIn(history, flags.add);
      const results = history
        .results()
        .filter((r) => experiment === undefined || r.experiments.some((e) => e.name === experiment));
      const trends = trendsOf(results);
      if (flags.output === 'json') printJson({ runs: results.map(described), checks: trends });
      else if (results.length === 0) say('no runs yet; falldown run makes one, --add DIR takes old ones in');
      else {
        const rows = trends.map((t) => [
          t.check,
          t.experiment,
          `${t.holds} of ${t.runs}`,
          t.flakiness === null ? 'one run' : `${Math.round(t.flakiness * 100)} %`,
        ]);
        process.stdout.write(
          `${table(['RUN', 'PROFILE', 'VERDICT', 'OUTCOME', 'NO GATEKEEPER', 'RECOVERED'], results.map(row))}\n\n`,
        );
        process.stdout.write(`${table(['CHECK', 'EXPERIMENT', 'HOLDS', 'CHANGES'], rows)}\n`);
      }
    });
}

function row(r: Result): string[] {
  const [e] = r.experiments;
  const time = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? '' : duration(seconds);
  return [
    r.runId,
    e?.profile ?? '',
    r.verdict,
    e?.outcome ?? '',
    time(e?.measures.gatekeeperOutageSeconds),
    time(e?.measures.timeToRecoverSeconds),
  ];
}

function described({ runId, startedAt, verdict, experiments }: Result): object {
  const [e] = experiments;
  const { gatekeeperOutageSeconds, timeToRecoverSeconds, exposureSeconds } = e?.measures ?? {};
  return {
    runId,
    startedAt,
    experiment: e?.name,
    profile: e?.profile,
    verdict,
    outcome: e?.outcome,
    gatekeeperOutageSeconds,
    timeToRecoverSeconds,
    exposureSeconds,
  };
}

/** A damaged result is named and left out; the others are worth having. */
function takeIn(history: History, dir: string): void {
  let count = 0;
  for (const run of listRuns(dir)) {
    const file = join(dir, run, 'result.json');
    if (!existsSync(file)) continue;
    try {
      history.add(parseResult(readFileSync(file, 'utf8'), file));
      count += 1;
    } catch (error) {
      say(reasonOf(error));
    }
  }
  say(`${count} runs of ${dir} taken in`);
}
