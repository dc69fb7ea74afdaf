import type { Attempt, Measures } from '../../result.ts';
import { signed } from '../../story.ts';
import { duration, grouped, plural } from '../../words.ts';
import { percent } from '../charts/chart.ts';
import { table } from '../page.ts';
import type { Section } from '../section.ts';
import { type Html, html, NOTHING } from '../template.ts';

/** Who tried what, how the loop unwound, and what came in meanwhile (F11, F13, F14, F15). */
export const wayOut: Section = {
  id: 'way-out',
  title: 'The way out',
  body({ experiment, recording }) {
    const { measures: m, story } = experiment;
    const parts = [attempts(story?.attempts ?? []), unwinding(m), exposure(m, recording?.gate.slippedIn ?? [])];
    return parts.every((part) => part === NOTHING) ? undefined : html`${parts}`;
  },
};

function attempts(tries: readonly Attempt[]): Html {
  if (tries.length === 0) return NOTHING;
  return table(
    'What people tried',
    [{ name: 'Who' }, { name: 'What' }, { name: 'Answer' }, { name: 'Times', numeric: true }],
    tries.map(({ actor, intent, code, times }) => [actor, intent.replaceAll('-', ' '), answer(code), grouped(times)]),
  );
}

function answer(code: number): Html {
  if (code === 0) return html`no answer`;
  const done = code >= 200 && code < 300;
  const why = code === 403 ? ': not allowed' : code >= 500 ? ': the dead webhook' : '';
  return html`<span class="mark ${done ? 'good' : 'bad'}">${done ? 'done' : 'refused'}</span> ${code}${why}`;
}

function unwinding({ unwinding: steps }: Measures): Html {
  if (steps.length === 0) return NOTHING;
  const longest = Math.max(...steps.map((s) => s.seconds), 0.001);
  return table(
    'How it unwound, from the deletion of the rules',
    [{ name: 'Step' }, { name: 'After', numeric: true }, { name: '' }],
    steps
      .slice(0, 50)
      .map(({ step, seconds }) => [
        step,
        signed(seconds),
        html`<svg class="bar" width="100%" height="14" aria-hidden="true"><rect class="track" width="100%" height="2" y="6"/><rect class="done" width="${percent(Math.max(0, seconds) / longest)}" height="2" y="6"/><svg x="${percent(Math.max(0, seconds) / longest)}" width="1" height="14" overflow="visible"><circle class="dot" cx="${seconds >= longest ? -5 : seconds < longest / 50 ? 5 : 0}" cy="7" r="5"/></svg></svg>`,
      ]),
  );
}

function exposure(
  { exposureSeconds, violatingPodsAdmitted: admitted, violatingPodsLeft: left }: Measures,
  pods: readonly string[],
): Html {
  if (exposureSeconds === null) return NOTHING;
  const count =
    admitted === null
      ? 'How many pods slipped in was not measured.'
      : `${plural(admitted, 'pod')} that the rules forbid got in; ${grouped(left ?? 0)} of them stayed.`;
  return html`<p><strong>Nothing was enforced for ${duration(exposureSeconds)}.</strong> ${count} They do not go away when the rules come back.</p>
${pods.length > 0 && html`<details class="fold"><summary>Pods that slipped in and stayed</summary><ul class="names">${pods.map((name) => html`<li><code>${name}</code></li>`)}</ul></details>`}`;
}
