import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debriefHtml } from '../../../reports/gameday/debrief-html.ts';
import { scorecardMarkdown } from '../../../reports/gameday/markdown.ts';
import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { scorecardScreen } from '../../../reports/gameday/screen.ts';
import { toJson } from '../../../reports/json.ts';
import { pictureOf } from '../../gameday/picture.ts';
import type { Scenario } from '../../gameday/scenario.ts';
import { scoreJournal } from '../../gameday/score.ts';
import { readJournal } from '../../journal/reader.ts';
import { useColor } from '../output.ts';

/** Scores a session from its journal alone, writes its papers into its folder, and prints the scorecard. */
export async function publishGameDay(
  dir: string,
  scenario: Scenario,
  output: 'human' | 'json' | 'markdown',
): Promise<Scorecard> {
  const read = () => readJournal(join(dir, 'journal.ndjson'));
  const card = scoreJournal(read(), scenario);
  const markdown = scorecardMarkdown(card);
  writeFileSync(join(dir, 'scorecard.json'), toJson(card));
  writeFileSync(join(dir, 'debrief.md'), markdown);
  writeFileSync(join(dir, 'debrief.html'), debriefHtml(card, pictureOf(read, scenario)));
  const { stdout } = process;
  if (output === 'json') stdout.write(toJson(card));
  else if (output === 'markdown') stdout.write(markdown);
  else stdout.write(`\n${scorecardScreen(card, { color: useColor(stdout), folder: dir })}`);
  return card;
}
