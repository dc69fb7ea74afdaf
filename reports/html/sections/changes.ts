import { lessonsOf } from '../../lessons.ts';
import { type Remedy, remediesOf } from '../../remedies.ts';
import { table } from '../page.ts';
import type { Section } from '../section.ts';
import { type Html, html } from '../template.ts';

/** F18: what this cluster still has, and what to apply, by effect. */
export const changes: Section = {
  id: 'changes',
  title: 'What to change',
  body({ result, experiment, recording }) {
    const lessons = lessonsOf(result, experiment);
    const remedies =
      recording === undefined || result.gatekeeper === null ? [] : remediesOf(result, experiment, recording.gate);
    return html`${
      remedies.length > 0
        ? html`<p>By effect: what prevents the incident first, then what opens its loop, then what makes it shorter.</p>
<ol class="remedies">
${remedies.map(one)}</ol>`
        : html`<p>${
            recording === undefined
              ? 'The journal of this run could not be read, so it is not known what has to change.'
              : result.verdict === 'inconclusive'
                ? 'This run did not get far enough to show what has to change.'
                : 'This run showed nothing that has to change.'
          }</p>`
    }
${table(
  'Lessons of the incident, held against this cluster',
  [{ name: 'Lesson' }, { name: 'State' }, { name: 'Because' }],
  lessons.map((l) => [l.lesson, html`<span class="mark ${tone(l.state)}">${l.state}</span>`, l.because]),
)}`;
  },
};

function one({ title, effect, because, note, patch }: Remedy): Html {
  return html`<li><h3>${title} <span class="effect">${effect}</span></h3>
<p>${because}${note !== undefined && html` <span class="note">${note}</span>`}</p>
<figure class="patch"><figcaption>${patch.what}</figcaption><pre tabindex="0" aria-label="${patch.what}: ${title}"><code>${patch.text}</code></pre></figure></li>
`;
}

function tone(state: ReturnType<typeof lessonsOf>[number]['state']): string {
  return { 'still there': 'bad', 'not seen': 'good', 'not measured': 'unsure', 'see the check': 'unsure' }[state];
}
