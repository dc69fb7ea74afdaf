/**
 * Text from a cluster as one line of Markdown that renders as itself: no table cell, code span, HTML, link or emphasis
 * can start in it, and nothing in it ends the line.
 * @param limit characters kept before an ellipsis.
 */
export function plain(text: string, limit = 400): string {
  // Cut first: an apiserver may answer with a megabyte. Characters are at most two units, and runs of spaces shrink.
  const line = text
    .slice(0, limit * 8)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  const short = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return short
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\*_[\]~]/g, '\\$&')
    .replaceAll('`', '&#96;')
    .replaceAll('|', '&#124;')
    .replace(/^[#+=-]+(?=\s|$)/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** A link; the label may be any text, the address loses what would end it early. */
export function link(label: string, href: string): string {
  return `[${plain(label)}](${encodeURI(href).replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('|', '%7C')})`;
}

/** A code block that its own content cannot close. */
export function codeBlock(code: string, language = ''): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

/** One row of a table; cells are Markdown already. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
}

const CUT_SHORT = '\n**Cut short:** the rest did not fit here; all of it is in result.json.';

/**
 * Markdown built block by block within a limit of bytes. A block that does not fit is left out whole, with all that
 * comes after it, so that nothing is cut in the middle or seems to belong elsewhere; the page then says so. The tail is
 * always there.
 */
export class Page {
  readonly #tail: string;
  #room: number;
  #blocks: string[] = [];
  #full = false;

  constructor(limitBytes: number, tail: readonly string[]) {
    this.#tail = `${tail.join('\n')}\n`;
    this.#room = limitBytes - Buffer.byteLength(this.#tail) - CUT_SHORT.length - 2;
  }

  /** Nothing more will be taken. */
  get full(): boolean {
    return this.#full;
  }

  add(...blocks: readonly string[]): void {
    for (const block of blocks) {
      const size = Buffer.byteLength(block) + 1;
      this.#full ||= size > this.#room;
      if (this.#full) return;
      this.#blocks.push(block);
      this.#room -= size;
    }
  }

  /**
   * A heading and a table with a row per item; nothing when there are no items. Items beyond `most` are counted, not
   * shown.
   */
  table<T>(
    heading: string,
    columns: readonly string[],
    items: readonly T[],
    cells: (item: T) => readonly string[],
    most = 200,
  ): void {
    if (items.length === 0) return;
    this.add('', heading, '', row(columns), row(columns.map(() => '---')));
    for (const item of items.slice(0, most)) {
      if (this.#full) return;
      this.add(row(cells(item)));
    }
    if (items.length > most) this.add('', `… and ${items.length - most} more rows in result.json.`);
  }

  toString(): string {
    return [...this.#blocks, ...(this.#full ? [CUT_SHORT] : []), this.#tail].join('\n');
  }
}
