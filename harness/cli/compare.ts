import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { compare, familyOf } from '../../reports/compare.ts';
import { compareHtml, compareLines, compareMarkdown } from '../../reports/compare-text.ts';
import type { Result } from '../../reports/result.ts';
import { parseResult } from '../../reports/schema.ts';
import { EXIT, FalldownError } from '../errors.ts';
import { DEFAULT_OUT, findRun } from '../run/folder.ts';
import { History, knownResults } from './history-store.ts';
import { outputOption, printJson, say, table } from './output.ts';

interface CompareFlags {
  out: string;
  output: 'human' | 'json' | 'markdown' | 'html';
}

const EXITS = { worse: EXIT.violated, 'not worse': EXIT.holds, 'cannot tell': EXIT.inconclusive };

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'Says what got worse from run A to run B: verdicts and settings as they are, timings beyond the noise of at least 3 runs like A in the history. Exits with 1 when something is worse, with 3 when it cannot tell.',
    )
    .argument(
      '<a>',
      '`latest`, a run id or a part of it, the path of a run’s folder, or `last-good`: the newest run before B, of the same experiment, settings and size, that held',
    )
    .argument('<b>', 'the run to hold against it')
    .option('--out <dir>', 'folder that holds the runs’ folders', DEFAULT_OUT)
    .addOption(outputOption('markdown', 'html'))
    .addHelpText(
      'after',
      `
Examples:
  falldown compare 3fa9c1 latest
  falldown compare last-good latest
  falldown compare 3fa9c1 latest -o html > compare.html
  falldown compare ./nightly/good ./nightly/tonight -o json | jq .verdict`,
    )
    .action((a: string, b: string, flags: CompareFlags) => {
      const known = a === 'last-good' ? everyResult() : knownResults();
      const after = find(b, flags.out, known);
      const before = a === 'last-good' ? lastGood(after, known) : find(a, flags.out, known);
      const names = [before, after].map((r) => r.experiments[0]?.name);
      if (names[0] !== names[1]) {
        throw new FalldownError({
          code: 'COMPARE_DIFFERENT',
          kind: 'usage',
          what: 'the runs are of different experiments',
          on: `${before.runId}, ${after.runId}`,
          expected: names[0],
          seen: names[1],
        });
      }
      const found = compare(before, after, known);
      process.exitCode = EXITS[found.verdict];
      if (flags.output === 'json') printJson(found);
      else if (flags.output === 'markdown') process.stdout.write(compareMarkdown(found));
      else if (flags.output === 'html') process.stdout.write(compareHtml(found));
      else {
        const {
          headline,
          rows: [header = [], ...rows],
          notes,
        } = compareLines(found);
        process.stdout.write(`${headline}\n${rows.length === 0 ? '' : `\n${table(header, rows)}\n`}`);
        for (const note of notes) say(note);
      }
    });
}

/** Throws where there is no history to look in. */
function everyResult(): Result[] {
  using history = History.open();
  return history.results();
}

/** Throws NO_GOOD_RUN: nothing to hold the run against is not a verdict on it. */
function lastGood(after: Result, known: readonly Result[]): Result {
  const like = (r: Result) => familyOf(r) === familyOf(after);
  const good = known.findLast((r) => r.verdict === 'holds' && r.startedAt < after.startedAt && like(r));
  if (good !== undefined) return good;
  throw new FalldownError({
    code: 'NO_GOOD_RUN',
    kind: 'infrastructure',
    what: 'the history has no earlier run of this kind that held',
    on: after.runId,
    next: 'falldown history lists the runs; history --add DIR takes in those of a folder',
  });
}

/** A run in a folder, or one that only the history still knows. */
function find(name: string, out: string, known: readonly Result[]): Result {
  const matching = known.filter((r) => r.runId.includes(name));
  try {
    const file = join(findRun(name, out), 'result.json');
    if (existsSync(file)) return parseResult(readFileSync(file, 'utf8'), file);
    throw new FalldownError({
      code: 'RUN_WITHOUT_RESULT',
      kind: 'usage',
      what: 'the run has no result.json',
      on: name,
      next: 'falldown report RUN makes it',
    });
  } catch (error) {
    if (error instanceof FalldownError && error.code === 'RUN_UNKNOWN' && matching.length === 1)
      return matching[0] as Result;
    throw error;
  }
}
