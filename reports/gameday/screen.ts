import { styleText } from 'node:util';
import { printable } from '../columns.ts';
import { duration } from '../words.ts';
import { headlineOf, pointsOf, timeOf } from './card-words.ts';
import type { Scorecard } from './scorecard.ts';

/** The scorecard on a terminal. */
export function scorecardScreen(card: Scorecard, { color, folder }: { color: boolean; folder: string }): string {
  const bold = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text);
  const dim = (text: string) => (color ? styleText('dim', text, { validateStream: false }) : text);
  const width = Math.max(...card.parts.map(({ title }) => title.length));
  const parts = card.parts.flatMap((p) => [
    `  ${p.title.padEnd(width)}  ${timeOf(p).padStart(12)}  ${pointsOf(p).padStart(10)}`,
    dim(`    ${p.because}`),
  ]);
  const turns = (card.wrongTurns ?? [])
    .slice(0, 10)
    .flatMap((w) => [
      `  ${duration(w.t).padStart(8)}  ${printable(`${w.actor}: ${w.what}`)}${w.times > 1 ? ` ×${w.times}` : ''}, ${w.kind} (${w.code})`,
      dim(`            ${printable(w.because)}`),
    ]);
  const more = (card.wrongTurns?.length ?? 0) - 10;
  const hints = card.hints.map((h) => `  ${duration(h.t).padStart(8)}  ${h.by} asked for a hint: −${h.price}`);
  const lies = card.dashboards.map(
    (d) => `  ${d.panel}: said ${d.said} for ${duration(d.liedSeconds)} in which there was no such thing`,
  );
  const block = (title: string, lines: string[]) => (lines.length === 0 ? [] : ['', bold(title), ...lines]);
  return [
    bold(headlineOf(card)),
    dim(
      `${card.title} (${card.scenario}) · ${duration(card.durationSeconds)}${card.pausedSeconds > 0 ? `, ${duration(card.pausedSeconds)} of them paused` : ''} · ${card.because}`,
    ),
    '',
    ...parts,
    ...block('Wrong turns', [...turns, ...(more > 0 ? [`  and ${more} more in the debrief`] : [])]),
    ...block('Hints', hints),
    ...block('Dashboards', lies),
    '',
    `  debrief   ${folder}/debrief.html`,
    '',
  ].join('\n');
}
