import { measureRows } from '../../measures.ts';
import { signed } from '../../story.ts';
import { duration, quantity } from '../../words.ts';
import { latency } from '../charts/scale.ts';
import { table } from '../page.ts';
import type { Section } from '../section.ts';
import { html } from '../template.ts';

/** The numbers of the run, for those who look one up. */
export const measures: Section = {
  id: 'measures',
  title: 'Measures',
  body({ experiment }) {
    const { phases, measures: m } = experiment;
    const api = Object.entries(m.api);
    const rows = measureRows(m);
    if (phases.length === 0 && rows.length === 0) return undefined;
    return html`${
      phases.length > 0 &&
      table(
        'Phases',
        [{ name: 'Phase' }, { name: 'Began at', numeric: true }, { name: 'Took', numeric: true }, { name: 'Ended' }],
        phases.map((p) => [
          p.title,
          signed(p.startSeconds),
          duration(p.durationSeconds),
          p.ok ? 'as planned' : html`<span class="mark bad">not as planned</span> ${p.reason}`,
        ]),
      )
    }
${
  api.length > 0 &&
  table(
    'The API as a user sees it',
    [
      { name: 'Requests' },
      ...['Count', 'Failed', 'Timed out', 'p50', 'p95', 'p99', 'Slowest'].map((name) => ({ name, numeric: true })),
    ],
    api.map(([name, a]) => [
      name,
      quantity(a.count, ''),
      quantity(a.errors, ''),
      quantity(a.timeouts, ''),
      ...[a.p50, a.p95, a.p99, a.max].map(latency),
    ]),
  )
}
${rows.length > 0 && table('Measures', [{ name: 'Measure' }, { name: 'Value', numeric: true }], rows)}`;
  },
};
