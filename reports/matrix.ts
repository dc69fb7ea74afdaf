import { columns, printable, shorten } from './columns.ts';
import { codeBlock, type Page, plain } from './markdown.ts';
import type { ExperimentResult, Result, Scalar, Table } from './result.ts';
import { duration, grouped } from './words.ts';

/** What the experiment concludes, as Markdown; then, of a matrix, each cell with its verdict. */
export function describeMatrix(page: Page, e: ExperimentResult): void {
  const { cells = [], conclusion } = e;
  for (const table of conclusion?.tables ?? []) {
    page.table(`### ${plain(table.title)}`, table.columns.map(plainCell), table.rows, (row) =>
      row.map(cellText).map(plainCell),
    );
  }
  if (conclusion?.commands !== undefined) {
    const { title, lines } = conclusion.commands;
    page.add('', `### ${plain(title)}`, '', codeBlock(lines.join('\n'), 'sh'));
  }
  page.table(
    '### Cells',
    ['Cell', 'What was tried', 'Verdict', 'The cluster', 'Started in', 'Took', 'Why'],
    cells,
    (cell) => [
      plain(cell.name),
      plain(cell.title),
      cell.verdict === 'holds' ? 'holds' : `**${cell.verdict}**`,
      cell.outcome,
      cell.startSeconds === null ? '' : duration(cell.startSeconds),
      cell.startedAt === null ? '' : duration(cell.durationSeconds),
      plain(cell.reason),
    ],
  );
}

function plainCell(text: string): string {
  return plain(text);
}

/** A value of a table as people read it; an empty cell is what was not measured. */
export function cellText(value: Scalar | null): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? grouped(value) : value;
}

/** The first table of each conclusion, and its commands, for a terminal; empty for a run without one. */
export function matrixScreen(result: Result, width: number): string {
  return result.experiments
    .flatMap(({ conclusion }) => {
      const [first] = conclusion?.tables ?? [];
      const commands = conclusion?.commands;
      return [
        ...(first === undefined ? [] : [textTable(first, width)]),
        ...(commands === undefined
          ? []
          : [[`${printable(commands.title)}:`, ...commands.lines.map((line) => `  ${printable(line)}`)].join('\n')]),
      ];
    })
    .map((block) => `\n${block}\n`)
    .join('');
}

/** Aligned columns, numbers to the right; a line that is too long loses its end. */
function textTable({ columns: heads, rows }: Table, width: number): string {
  const texts = [heads, ...rows.map((row) => row.map(cellText))].map((row) => row.map(printable));
  const widths = heads.map((_, i) => Math.max(...texts.map((row) => columns(row[i] ?? ''))));
  const isNumber = heads.map((_, i) => rows.every((row) => typeof row[i] === 'number' || row[i] === null));
  return texts
    .map((row) => {
      const line = row.map((text, i) => {
        const room = ' '.repeat(Math.max(0, (widths[i] ?? 0) - columns(text)));
        return isNumber[i] === true ? room + text : text + room;
      });
      return shorten(line.join('  ').trimEnd(), width);
    })
    .join('\n');
}
