import { lanes } from '../charts/lanes.ts';
import { timeScale } from '../charts/scale.ts';
import { timelineCharts } from '../charts/timeline-charts.ts';
import type { Section } from '../section.ts';
import { html, jsonData } from '../template.ts';

const BUTTONS: [action: string, name: string][] = [
  ['in', 'Zoom in'],
  ['out', 'Zoom out'],
  ['earlier', 'Earlier'],
  ['later', 'Later'],
  ['all', 'Whole run'],
];

/** Who was there and what was refused, over the time of the run. */
export const timeline: Section = {
  id: 'timeline',
  title: 'Timeline',
  body({ experiment, recording }) {
    if (recording === undefined || experiment.phases.length === 0) return undefined;
    const { timeline: t } = recording;
    const time = timeScale(t.end);
    const phases = experiment.phases.map((p) => ({
      name: p.name,
      from: p.startSeconds,
      to: p.startSeconds + p.durationSeconds,
    }));
    return html`<p class="script-only hint">Drag over a chart to look closer, double-click to see the whole run again. All charts move together.</p>
<div class="tools script-only" role="toolbar" aria-label="Zoom of the timeline">
${BUTTONS.map(([action, name]) => html`<button type="button" data-zoom="${action}">${name}</button>\n`)}
<label>Phase <select data-phase><option value="">whole run</option>${phases.map((p, i) => html`<option value="${i}">${i + 1} ${p.name.replaceAll('-', ' ')}</option>`)}</select></label>
<label class="cursor">Moment <input type="range" data-cursor min="0" max="1000" value="0"></label>
<output data-at></output>
</div>
${lanes(experiment.phases, t.windows, time)}
${timelineCharts(t, experiment.measures, time)}
<p class="shades" aria-hidden="true"><span class="swatch w-fault"></span>trigger in place <span class="swatch w-recovery"></span>way out <span class="swatch w-exposure"></span>nothing enforced</p>
${jsonData('timeline-data', { ...t, phases })}`;
  },
};
