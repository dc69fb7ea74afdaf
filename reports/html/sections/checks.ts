import type { CheckResult } from '../../result.ts';
import { capital, quantity } from '../../words.ts';
import type { Section, Told } from '../section.ts';
import { type Html, html } from '../template.ts';

const FOLDED = 240;
const RANK = { violated: 0, inconclusive: 1, holds: 2 };

/** Every check: its verdict, what was measured against what limit, why, and the journal lines that show it. */
export const checks: Section = {
  id: 'checks',
  title: 'Checks',
  body({ experiment, cite }) {
    if (experiment.checks.length === 0) return undefined;
    const worstFirst = experiment.checks.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
    return html`<ul class="checks">
${worstFirst.map((c) => one(c, cite))}</ul>`;
  },
};

function one(c: CheckResult, cite: Told['cite']): Html {
  const name = capital(c.name.replace(/^(F\d+\s+)+/, ''));
  const measured = quantity(c.measured, c.unit);
  const limit = quantity(c.limit, c.unit);
  return html`<li class="check ${c.verdict}">
<h3>${badge(c.verdict)} ${name} <span class="facts">${c.facts.join(' ')}</span></h3>
${because(c.because)}
<dl>${measured !== '' && html`<div><dt>Measured</dt><dd>${measured}</dd></div>`}${limit !== '' && html`<div><dt>Limit</dt><dd>${limit}</dd></div>`}<div><dt>Journal lines</dt><dd>${cite(c.evidence)}</dd></div></dl>
</li>
`;
}

/** A finding that brings a whole error along is folded after its beginning. */
function because(text: string): Html {
  if (text.length <= FOLDED) return html`<p>${text}</p>`;
  const short = text.slice(0, FOLDED).replace(/\s\S*$/, '');
  return html`<details class="long"><summary>${short} …</summary><p>${text}</p></details>`;
}

export function badge(verdict: CheckResult['verdict']): Html {
  const tone = { holds: 'good', violated: 'bad', inconclusive: 'unsure' }[verdict];
  return html`<span class="mark ${tone}">${verdict}</span>`;
}
