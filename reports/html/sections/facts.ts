import { FACTS } from '../../facts.ts';
import type { CheckResult } from '../../result.ts';
import type { Section } from '../section.ts';
import { type Html, html } from '../template.ts';

/** Which facts of the incident the run was about, and what its checks say of them. */
export const facts: Section = {
  id: 'facts',
  title: 'Fact by fact',
  body({ experiment }) {
    const all = [...new Set([...Object.keys(FACTS), ...experiment.facts])];
    return html`<ul class="fact-list">
${all.map((fact) =>
  one(
    fact,
    experiment.checks.filter((c) => c.facts.includes(fact)),
    experiment.facts.includes(fact),
  ),
)}</ul>`;
  },
};

function one(fact: string, checks: readonly CheckResult[], meant: boolean): Html {
  const [state, tone] = stateOf(fact, checks, meant);
  return html`<li class="${tone}"><span class="id">${fact}</span><span class="text">${FACTS[fact] ?? 'a fact of this experiment’s own'}</span><span class="state">${state}</span></li>
`;
}

/** A fact is shown when every check about it holds. */
function stateOf(fact: string, checks: readonly CheckResult[], meant: boolean): [state: string, tone: string] {
  if (checks.some((c) => c.verdict === 'violated')) return ['not as expected', 'bad'];
  if (checks.some((c) => c.verdict === 'inconclusive')) return ['cannot be told', 'unsure'];
  if (checks.length > 0) return ['checked', 'good'];
  if (fact === 'F18') return ['see What to change', 'meant'];
  return meant ? ['not checked', 'meant'] : ['not in this run', 'absent'];
}
