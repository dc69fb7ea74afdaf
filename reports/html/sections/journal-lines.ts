import type { JournalEvent } from '../../../harness/journal/events.ts';
import type { Section } from '../section.ts';
import { type Html, html } from '../template.ts';

/** An apiserver may answer with a megabyte. */
const CHARACTERS = 1500;

/** The lines of the journal that the report cites, as they stand there. */
export const journalLines: Section = {
  id: 'journal',
  title: 'Journal lines',
  body({ recording }) {
    const lines = recording?.lines ?? [];
    if (lines.length === 0) return undefined;
    return html`<p>The lines of <code>journal.ndjson</code> that this report cites, by their number.</p>
<ol class="journal">
${lines.map(line)}</ol>`;
  },
};

function line(event: JournalEvent): Html {
  const { seq, t, at: _, type, ...rest } = event;
  const text = JSON.stringify(rest);
  return html`<li id="line-${seq}" tabindex="-1"><span class="seq">${seq}</span> <span class="t">${t.toFixed(3)} s</span> <span class="type">${type}</span> <code>${text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}…` : text}</code></li>
`;
}
