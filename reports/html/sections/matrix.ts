import { cellText } from '../../matrix.ts';
import type { CellResult, Table } from '../../result.ts';
import { duration } from '../../words.ts';
import { table } from '../page.ts';
import type { Section } from '../section.ts';
import { type Html, html } from '../template.ts';
import { badge } from './checks.ts';

/** What the experiment concludes, in tables; of a race or a matrix each cell with its verdict. */
export const matrix: Section = {
  id: 'cells',
  title: 'Side by side',
  body({ experiment: { cells = [], conclusion } }) {
    const { tables = [], commands } = conclusion ?? {};
    if (cells.length === 0 && tables.length === 0) return undefined;
    return html`${tables.map(concluded)}
${commands !== undefined && html`<figure class="patch"><figcaption>${commands.title}</figcaption><pre tabindex="0" aria-label="${commands.title}"><code>${commands.lines.join('\n')}</code></pre></figure>`}
${
  cells.length > 0 &&
  table(
    'Every cell',
    [{ name: 'Cell' }, { name: 'Verdict' }, { name: 'The cluster' }, { name: 'Took', numeric: true }, { name: 'Why' }],
    cells.map(one),
  )
}`;
  },
};

function concluded({ title, columns, rows }: Table): Html {
  const numeric = (i: number) => rows.every((row) => typeof row[i] === 'number' || row[i] === null);
  return table(
    title,
    columns.map((name, i) => ({ name, numeric: i > 0 && numeric(i) })),
    rows.map((row) => row.map(cellText)),
  );
}

function one({ name, title, verdict, outcome, startedAt, durationSeconds, reason }: CellResult) {
  const took = startedAt === null ? 'not begun' : duration(durationSeconds);
  return [html`${name}<br><span class="note">${title}</span>`, badge(verdict), outcome, took, reason];
}
