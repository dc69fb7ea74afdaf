import { Page, plain } from '../markdown.ts';
import { capital, duration } from '../words.ts';
import { headlineOf, pointsOf, timeOf } from './card-words.ts';
import type { Scorecard } from './scorecard.ts';

const LIMIT_BYTES = 900_000;

/** The scorecard and the debrief as Markdown: what happened, not who is to blame. */
export function scorecardMarkdown(card: Scorecard): string {
  const page = new Page(LIMIT_BYTES, ['', `Session ${plain(card.sessionId)}, seed ${card.seed}.`]);
  page.add(`# ${plain(card.title)}: ${plain(headlineOf(card))}`, '', `${plain(capital(card.because))}.`);
  page.add('', `The cause: ${plain(card.cause.text)}. Facts of the incident: ${card.facts.join(', ')}.`);
  page.table('## Score', ['Part', 'Time', 'Points', 'Why'], card.parts, (p) => [
    plain(p.title),
    timeOf(p),
    pointsOf(p),
    plain(p.because),
  ]);
  page.table('## Hints', ['After', 'Role', 'Hint', 'Price'], card.hints, (h) => [
    duration(h.t),
    plain(h.by),
    plain(h.text),
    String(h.price),
  ]);
  page.table('## What was thought to be the cause', ['After', 'Role', 'Cause', 'Right'], card.guesses, (g) => [
    duration(g.t),
    plain(g.by),
    plain(g.text),
    g.right ? 'yes' : 'no',
  ]);
  if (card.wrongTurns === null) page.add('', '## Wrong turns', '', 'Not known: the audit log was not in sight.');
  else {
    page.table('## Wrong turns', ['After', 'Role', 'What', 'Answer', 'Why it did not help'], card.wrongTurns, (w) => [
      duration(w.t),
      plain(w.actor),
      plain(`${w.what}${w.times > 1 ? ` (${w.times} times)` : ''}`),
      `${w.kind} (${w.code})`,
      plain(w.because),
    ]);
  }
  page.table('## Dashboards', ['Panel', 'Said', 'Untrue for'], card.dashboards, (d) => [
    plain(d.panel),
    plain(d.said),
    duration(d.liedSeconds),
  ]);
  page.table('## Timeline', ['After', 'Who', 'What', 'Journal line'], card.timeline, (l) => [
    duration(l.t),
    l.who,
    plain(l.what),
    String(l.seq),
  ]);
  page.add('', '## To talk about', '', ...card.questions.map((q) => `- ${plain(q)}`));
  page.add('', 'Everybody did what seemed right with what they could see. Ask what made it seem right.');
  return page.toString();
}
