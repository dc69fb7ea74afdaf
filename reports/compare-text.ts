import { printable } from './columns.ts';
import type { Comparison, Difference } from './compare.ts';
import { asset } from './html/assets.ts';
import { page, table } from './html/page.ts';
import { html } from './html/template.ts';
import { plain, row } from './markdown.ts';
import { grouped, plural } from './words.ts';

const HEAD = ['What', 'Before', 'After', 'State', 'Because'];
const ORDER = { worse: 0, unjudged: 1, 'not worse': 2 };

/** The comparison for a terminal: the rows that matter, and how many do not. */
export function compareLines(c: Comparison): { headline: string; rows: string[][]; notes: string[] } {
  const shown = c.differences.filter((d) => d.state === 'worse');
  return {
    headline: headline(c),
    rows: [HEAD.map((name) => name.toUpperCase()), ...shown.map((d) => cells(d).map(printable))],
    notes: c.notes,
  };
}

export function compareMarkdown(c: Comparison): string {
  const rows = sorted(c).map((d) => row(cells(d).map((cell) => plain(cell))));
  const notes = c.notes.map((note) => `- ${plain(note)}`);
  return `${['# falldown compare', '', `**${plain(headline(c))}**`, '', ...notes, '', row(HEAD), row(HEAD.map(() => '---')), ...rows].join('\n')}\n`;
}

export function compareHtml(c: Comparison): string {
  const columns = HEAD.map((name) => ({ name, numeric: name === 'Before' || name === 'After' }));
  const body = html`${c.notes.map((note) => html`<p>${note}</p>`)}${table('Everything that was compared', columns, sorted(c).map(cells))}`;
  return page({
    title: `falldown compare: ${c.verdict}`,
    tone: ({ worse: 'bad', 'not worse': 'good', 'cannot tell': 'unsure' } as const)[c.verdict],
    head: html`<p class="brand"><span>falldown</span> compare</p><h1>${headline(c)}</h1><p class="context">${c.before} → ${c.after}</p>`,
    sections: [{ id: 'differences', title: 'Differences', body }],
    foot: html`<p>The noise is the spread of ${plural(c.noiseRuns, 'run')} like the first one.</p>`,
    style: ['base.css', 'sections.css'].map(asset).join('\n'),
    script: '',
  });
}

function headline(c: Comparison): string {
  const worse = c.differences.filter((d) => d.state === 'worse').length;
  if (worse > 0) return `WORSE: ${plural(worse, 'thing')} got worse beyond noise`;
  return c.verdict === 'not worse'
    ? 'NOT WORSE: nothing got worse beyond noise'
    : 'CANNOT TELL: nothing is worse in what could be judged';
}

function sorted(c: Comparison): Difference[] {
  return c.differences.toSorted((x, y) => ORDER[x.state] - ORDER[y.state]);
}

function cells({ what, before, after, unit, state, because }: Difference): string[] {
  const value = (v: number | string) => (typeof v === 'number' ? `${grouped(v)}${unit === '' ? '' : ` ${unit}`}` : v);
  return [what, value(before), value(after), state, because];
}
