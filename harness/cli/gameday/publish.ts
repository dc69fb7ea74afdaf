import { join } from 'node:path';
import { debriefHtml } from '../../../reports/gameday/debrief-html.ts';
import { scorecardMarkdown } from '../../../reports/gameday/markdown.ts';
import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { scorecardScreen } from '../../../reports/gameday/screen.ts';
import { toJson } from '../../../reports/json.ts';
import { writeTexts } from '../../../reports/write.ts';
import { pictureOf } from '../../gameday/picture.ts';
import type { Scenario } from '../../gameday/scenario.ts';
import { scoreJournal } from '../../gameday/score.ts';
import { readJournal } from '../../journal/reader.ts';
import { printError, useColor } from '../output.ts';

/**
 * Scores a session from its journal alone, prints the scorecard, and writes its papers into its folder. What cannot be
 * written is told and counted.
 */
export async function publishGameDay(
  dir: string,
  scenario: Scenario,
  output: 'human' | 'json' | 'markdown',
): Promise<{ card: Scorecard; unwritten: number }> {
  const read = () => readJournal(join(dir, 'journal.ndjson'));
  const card = scoreJournal(read(), scenario);
  const markdown = scorecardMarkdown(card);
  const { stdout } = process;
  if (output === 'json') stdout.write(toJson(card));
  else if (output === 'markdown') stdout.write(markdown);
  else stdout.write(`\n${scorecardScreen(card, { color: useColor(stdout), folder: dir })}`);
  const unwritten = await writeTexts(dir, [
    { file: 'scorecard.json', render: () => toJson(card) },
    { file: 'debrief.md', render: () => markdown },
    { file: 'debrief.html', render: () => debriefHtml(card, pictureOf(read, scenario)) },
  ]);
  for (const { error } of unwritten) printError(error);
  return { card, unwritten: unwritten.length };
}
