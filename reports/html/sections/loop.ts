import { duration } from '../../words.ts';
import { narrow, objectsOf, wide } from '../loop/boxes.ts';
import { picture } from '../loop/picture.ts';
import type { Section } from '../section.ts';
import { html } from '../template.ts';

/** The deadlock, object by object, as the journal proves it. */
export const loop: Section = {
  id: 'loop',
  title: 'The loop',
  body({ recording, cite }) {
    const found = recording?.loop;
    if (found === undefined) return undefined;
    const { links, cut, shape } = found;
    const count = objectsOf(found).length;
    const lead =
      shape === 'starvation'
        ? 'The gatekeeper’s replacement was admitted, but had nowhere to run; meanwhile nobody else’s pods were let in.'
        : 'What the gatekeeper needs to come back is what only the gatekeeper can allow.';
    return html`<p>${lead} Each arrow was read from the journal.</p>
<figure class="picture">
${picture(found, wide(count))}
${picture(found, narrow(count))}
<figcaption><ol class="links">
${links.map(
  ({ from, to, why, evidence }, i) =>
    html`<li${cut?.link === i && html` class="cut"`}><code>${from}</code> → <code>${to}</code>: ${why}. <span class="lines">Journal lines ${cite(evidence)}</span>${cut?.link === i && html`<br><strong>Cut at ${duration(cut.t)}</strong>: ${cut.what} <span class="lines">(line ${cite([cut.seq])})</span>`}</li>\n`,
)}</ol></figcaption>
</figure>`;
  },
};
