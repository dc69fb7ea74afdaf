import type { Window } from '../../recording.ts';
import { Html, html, NOTHING } from '../template.ts';
import { BOX } from './paths.ts';
import type { Scale, Tick } from './scale.ts';

export interface Series {
  name: string;
  /** Names its colour in the style sheet, and its values for the script. */
  key: string;
}

export interface ChartParts {
  /** What the script looks its data up by. */
  id: string;
  title: string;
  /** What it shows, in words: for everybody, and all there is for those who cannot see it. */
  summary: string;
  series: readonly Series[];
  /** Pixels of the plot, its time axis left out. */
  height: number;
  time: Scale;
  y: Scale;
  /** Paths in the box of paths.ts. */
  shapes: readonly { path: string; as: 'area' | 'line'; key: string }[];
  windows: readonly Window[];
}

const AXIS = 24;
/** The exposure is a band at the top: it lies inside the way out, and two shades over each other would make a third. */
const BAND = 5;

/** A chart as static SVG that stretches with the page while its text keeps its size; the script puts a live one in its place. */
export function chart({ id, title, summary, series, height, time, y, shapes, windows }: ChartParts): Html {
  return html`<figure class="chart" data-chart="${id}">
<figcaption><h3 id="${id}-title">${title}</h3>
<p id="${id}-summary">${summary}</p>
<ul class="legend">${series.map((s) => html`<li><span class="key c-${s.key}" aria-hidden="true"></span>${s.name} <output data-series="${s.key}"></output></li>`)}</ul></figcaption>
<div class="live" aria-hidden="true"></div>
<div class="still"><svg class="y" width="56" height="${height + AXIS}" aria-hidden="true">${y.ticks.map((tick) => yLabel(tick, height))}</svg>
<svg class="plot" width="100%" height="${height + AXIS}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-summary">
${windows.map((w) => shade(w, time, height))}
${y.ticks.map(({ at }) => html`<line class="grid" x1="0" x2="100%" y1="${yOf(at, height)}" y2="${yOf(at, height)}"/>`)}
<svg width="100%" height="${height}" viewBox="0 0 ${BOX.width} ${BOX.height}" preserveAspectRatio="none">
${shapes.map(({ path, as, key }) => (path === '' ? NOTHING : html`<path class="${as} c-${key}" d="${new Html(path)}"/>`))}
</svg>
${timeLabels(time, height + AXIS - 5)}
</svg></div>
</figure>
`;
}

/** Room for the topmost and the lowest label, and for the width of a line at the edge. */
function yOf(at: number, height: number): number {
  return Math.round((1 - at) * height);
}

function yLabel({ at, label }: Tick, height: number): Html {
  return html`<text x="50" y="${Math.max(10, yOf(at, height) + 4)}" text-anchor="end">${label}</text>`;
}

function shade({ kind, from, to }: Window, time: Scale, height: number): Html {
  return html`<rect class="w-${kind}" x="${percent(time.at(from))}" width="${percent(time.at(to) - time.at(from))}" y="0" height="${kind === 'exposure' ? BAND : height}"/>`;
}

export function timeLabels(time: Scale, y: number): Html[] {
  return time.ticks.map(({ at, label }) => {
    const anchor = at < 0.02 ? 'start' : at > 0.97 ? 'end' : 'middle';
    return html`<text x="${percent(at)}" y="${y}" text-anchor="${anchor}">${label}</text>`;
  });
}

export function percent(share: number): string {
  return `${Math.round(share * 1e5) / 1e3}%`;
}
