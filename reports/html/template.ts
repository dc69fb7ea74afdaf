/** HTML that is safe to put into a page as it is. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, `false`, `null` and `undefined` are nothing. */
export type Part = Html | string | number | false | null | undefined | readonly Part[];

/**
 * HTML with everything that is put into it escaped, for text and for quoted attributes alike: whatever a cluster says
 * shows as itself and starts nothing. Attributes must be quoted; no part may name a tag, an attribute or a URL's scheme.
 */
export function html(fixed: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(fixed.reduce((all, text, i) => `${all}${rendered(parts[i - 1])}${text}`));
}

export const NOTHING = new Html('');

function rendered(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(rendered).join('');
  return escaped(String(part));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters have no meaning in HTML, and those that change the direction of writing could forge a sentence. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (c) => (/\s/.test(c) ? c : '�'))
    .replaceAll(/[&<>"']/g, (c) => ENTITIES[c] as string);
}

/** JSON inside a script element: no part of it can end the element, and a parser reads the same value. */
export function jsonData(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Html(`<script type="application/json" id="${id}">${text}</script>`);
}
