import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { FalldownError } from '../errors.ts';
import { controlCommands } from './gameday/control.ts';
import { exitCodeOfCard } from './gameday/exit-code.ts';
import type { GameDayFlags } from './gameday/start.ts';
import { outputOption, printJson, table } from './output.ts';
import { positive, withProfileOptions } from './profile-options.ts';
import { refuseIfGoing } from './report.ts';
import { unlessLost } from './unless-lost.ts';

/** Apart from runs: a session has a scorecard, and no verdict about a cluster. */
const DEFAULT_OUT = join('reports', 'gamedays');
/** Long enough for a crew to forget that something is going to happen. */
const WITHIN_SECONDS = 600;
const LIMIT_MINUTES = 90;

export function gamedayCommand(): Command {
  const command = withProfileOptions(
    new Command('gameday')
      .description(
        'Holds a game day: prepares a cluster, gives each role a kubeconfig, breaks the cluster at hidden times, watches how people find out and mend it, and scores that.',
      )
      .argument('[scenario]', 'what happens (falldown gameday scenarios)'),
  )
    .option('--within <seconds>', 'everything happens within this long', positive, WITHIN_SECONDS)
    .option('--limit <minutes>', 'the game ends by itself after this long, pauses left out', positive, LIMIT_MINUTES)
    .option('--script <file>', 'plays the participants, for rehearsals and tests')
    .option('--seed <n>', 'the same seed gives the same times', positive)
    .option('--out <dir>', 'folder for the sessions’ folders', DEFAULT_OUT)
    .addOption(cardOutput())
    .addHelpText(
      'after',
      `
Examples:
  falldown gameday admission-deadlock
  falldown gameday admission-deadlock --pods 20000 --within 1800
  falldown gameday starvation --script good-crew.yaml -o json > scorecard.json
  falldown gameday ack --as infra-oncall        (from another terminal)
  falldown gameday report latest

Exit codes: 0 recovered · 1 not recovered · 2 usage or config · 3 aborted, or it cannot be told · 5 clean-up incomplete · 130/143 signals`,
    )
    .action(async (scenario: string | undefined) => {
      const { startGameDay } = await import('./gameday/start.ts');
      process.exitCode = await startGameDay(scenario, command.opts<GameDayFlags>());
    });
  // -o and --out of a subcommand are its own.
  command.enablePositionalOptions();
  for (const control of controlCommands()) command.addCommand(control);
  command.addCommand(scenariosCommand());
  command.addCommand(reportCommand());
  return command;
}

function cardOutput(): Option {
  return new Option('-o, --output <format>', 'what stdout gets: the scorecard for people, as JSON or as Markdown')
    .choices(['human', 'json', 'markdown'])
    .default('human');
}

function scenariosCommand(): Command {
  return new Command('scenarios')
    .description('lists the scenarios. Spoiler: what happens in each')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  falldown gameday scenarios\n  falldown gameday scenarios -o json')
    .action(async (_: unknown, self: Command) => {
      const { SCENARIOS } = await import('../gameday/catalogue.ts');
      const rows = SCENARIOS.map(({ name, title, profile, facts, steps }) => ({
        ...{ name, title, profile, facts },
        steps: steps.map((step) => step.describe),
      }));
      if (self.opts().output === 'json') return printJson(rows);
      const lines = rows.map((r) => [r.name, r.profile, r.title, r.steps.join('; ')]);
      process.stdout.write(`${table(['NAME', 'PROFILE', 'TITLE', 'WHAT HAPPENS'], lines)}\n`);
    });
}

function noGameDay(session: string, experiment: string | undefined): FalldownError {
  return new FalldownError({
    code: 'RUN_IS_NO_GAME_DAY',
    kind: 'usage',
    what: 'this is not the journal of a game day',
    on: session,
    seen: experiment === undefined ? 'no beginning of a run' : `a run of ${experiment}`,
    next: 'falldown report RUN, for a run',
  });
}

function reportCommand(): Command {
  return new Command('report')
    .description('scores a recorded session again from its journal, and rebuilds its scorecard and debrief')
    .argument('<session>', '`latest`, a session’s id or a part of it, or the path of its folder')
    .option('--out <dir>', 'folder that holds the sessions’ folders', DEFAULT_OUT)
    .addOption(cardOutput())
    .addHelpText(
      'after',
      '\nExamples:\n  falldown gameday report latest\n  falldown gameday report 3fa9c1 -o json | jq .points\n  falldown gameday report latest -o markdown',
    )
    .action(async (session: string, _: unknown, self: Command) => {
      const { scenarioOf } = await import('./gameday/scenario-of.ts');
      const { publishGameDay } = await import('./gameday/publish.ts');
      const { findRun } = await import('../run/folder.ts');
      const { GameDayRecord } = await import('../gameday/record.ts');
      const { readJournal } = await import('../journal/reader.ts');
      const flags = self.opts<Pick<GameDayFlags, 'out' | 'output'>>();
      const dir = realpathSync(findRun(session, flags.out));
      const { run } = GameDayRecord.from(readJournal(join(dir, 'journal.ndjson')));
      const [, scenario] = /^gameday (.+)$/.exec(run?.experiment ?? '') ?? [];
      if (run === undefined || scenario === undefined) throw noGameDay(session, run?.experiment);
      refuseIfGoing(run.runId);
      const { card, unwritten } = await publishGameDay(dir, scenarioOf(scenario), flags.output);
      process.exitCode = unlessLost(exitCodeOfCard(card), unwritten);
    });
}
