import { cspHash } from './assets.ts';
import { Html, html, type Part } from './template.ts';

export interface PageSection {
  /** Anchor, also what the navigation links to. */
  id: string;
  title: string;
  body: Html;
}

export interface PageParts {
  title: string;
  /** Sets the colour of the page's head. */
  tone: 'good' | 'bad' | 'unsure';
  head: Html;
  sections: readonly PageSection[];
  foot: Html;
  style: string;
  script: string;
}

/**
 * A page that is whole in itself: one inline style, one inline script, both named by their hashes in a policy that
 * allows nothing else, so whatever slipped into its text could neither run nor call home.
 */
export function page({ title, tone, head, sections, foot, style, script }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src ${cspHash(style)}`,
    `script-src ${cspHash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const document = html`<!doctype html>
<html lang="en" class="${tone}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="head"><div class="page">${head}</div></header>
<nav class="toc" aria-label="Sections"><div class="page"><ul>
${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>\n`)}</ul></div></nav>
<main id="main" class="page" tabindex="-1">
${sections.map(({ id, title: name, body }) => section(id, name, body))}
</main>
<footer class="foot"><div class="page">${foot}</div></footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return document.text;
}

function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

export interface Column {
  name: string;
  /** Numbers stand under each other. */
  numeric?: boolean;
}

/** A table that a narrow screen can scroll sideways, by keyboard too. */
export function table(
  caption: Part,
  columns: readonly Column[],
  rows: readonly (readonly Part[])[],
  id?: string,
): Html {
  const cell = (part: Part, i: number) => {
    const numeric = columns[i]?.numeric === true && html` class="num"`;
    return i === 0 ? html`<th scope="row"${numeric}>${part}</th>` : html`<td${numeric}>${part}</td>`;
  };
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"${id !== undefined && html` id="${id}"`}><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ name, numeric }) => html`<th scope="col"${numeric === true && html` class="num"`}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>`;
}
