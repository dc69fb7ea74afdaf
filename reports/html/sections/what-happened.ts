import { storyOf } from '../../story.ts';
import { capital, duration } from '../../words.ts';
import { table } from '../page.ts';
import type { Section } from '../section.ts';
import { type Html, html } from '../template.ts';

/** The run in sentences, and moment by moment for those who check. */
export const whatHappened: Section = {
  id: 'story',
  title: 'What happened',
  body({ experiment, recording, cite }) {
    const story = storyOf(experiment);
    const broken = experiment.verdict !== 'holds' && reason(experiment.reason);
    const moments = recording?.moments ?? [];
    if (story.length === 0 && moments.length === 0) return broken === false ? undefined : html`${broken}`;
    return html`${broken}<ol class="story">
${story.map((line) => html`<li>${line}</li>\n`)}</ol>
${
  moments.length > 0 &&
  html`<details class="fold"><summary>Moment by moment</summary>
${table(
  'The turning points of the run',
  [{ name: 'After', numeric: true }, { name: 'What' }, { name: 'Journal line', numeric: true }],
  moments.map((m) => [duration(m.t), m.what, cite([m.seq])]),
)}</details>`
}`;
  },
};

/** An error comes in lines that stand under each other. */
function reason(text: string): Html {
  const [first = '', ...rest] = text.split('\n');
  return html`<p class="reason">${capital(first)}</p>
${rest.length > 0 && html`<pre tabindex="0" aria-label="The error in full"><code>${rest.map((line) => line.replace(/^ {2}/, '')).join('\n')}</code></pre>`}`;
}
