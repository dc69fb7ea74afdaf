import type { Window, WindowKind } from '../../recording.ts';
import type { PhaseResult } from '../../result.ts';
import { duration } from '../../words.ts';
import { type Html, html } from '../template.ts';
import { percent, timeLabels } from './chart.ts';
import type { Scale } from './scale.ts';

interface Bar {
  from: number;
  to: number;
  label: string;
  /** What stands in a bar that has no room for its label. */
  short: string;
  kind: string;
  /** For the pointer, and for those who are read to. */
  tip: string;
}

const LANES: [kind: WindowKind, name: string][] = [
  ['fault', 'Trigger in place'],
  ['outage', 'No gatekeeper'],
  ['recovery', 'Way out'],
  ['exposure', 'Nothing enforced'],
  ['blind', 'Not seen'],
];
const HEIGHT = 24;

/** The phases and what was wrong when, as bars over the same time as the charts below. */
export function lanes(phases: readonly PhaseResult[], windows: readonly Window[], time: Scale): Html {
  const rows: [string, Bar[]][] = [
    ['Phases', phases.map(phaseBar)],
    ...LANES.map(([kind, name]): [string, Bar[]] => [name, windows.filter((w) => w.kind === kind).map(windowBar)]),
  ];
  return html`<div class="lanes">
${rows.filter(([, bars]) => bars.length > 0).map(([name, bars]) => lane(name, bars, time))}
<div class="lane axis" aria-hidden="true"><span></span><svg width="100%" height="18">${timeLabels(time, 13)}</svg></div>
</div>`;
}

function phaseBar(p: PhaseResult, i: number): Bar {
  const to = p.startSeconds + p.durationSeconds;
  return {
    from: p.startSeconds,
    to,
    label: `${i + 1} ${p.name.replaceAll('-', ' ')}`,
    short: String(i + 1),
    kind: p.ok ? `phase${i % 2}` : 'failed',
    tip: `Phase ${i + 1}, ${p.title}: ${range(p.startSeconds, to)}`,
  };
}

function windowBar({ kind, what, from, to }: Window): Bar {
  return { from, to, label: duration(to - from), short: '', kind, tip: `${what}: ${range(from, to)}` };
}

function range(from: number, to: number): string {
  return `from ${duration(from)} to ${duration(to)}`;
}

/** Pixels that a plot has on a page of full width, and about what a character takes. */
const PIXELS = { plot: 800, character: 7 };

function fitting(share: number, label: string, short: string): string {
  const room = (share * PIXELS.plot - 8) / PIXELS.character;
  return [label, short].find((text) => text.length <= room) ?? '';
}

function lane(name: string, bars: readonly Bar[], time: Scale): Html {
  const label = bars.length === 0 ? name : `${name}: ${bars.map((b) => b.tip).join('; ')}`;
  return html`<div class="lane"><span>${name}</span><svg width="100%" height="${HEIGHT}" role="img" aria-label="${label}">
${bars.map(({ from, to, label: text, short, kind, tip }) => {
  const [x, width] = [time.at(from), time.at(to) - time.at(from)];
  return html`<svg data-from="${from}" data-to="${to}" data-label="${text}" data-short="${short}" x="${percent(x)}" width="${percent(width)}" height="${HEIGHT}"><title>${tip}</title><rect class="b-${kind}" x="0" y="2" width="100%" height="${HEIGHT - 4}" rx="2"/><text x="6" y="16">${fitting(width, text, short)}</text></svg>\n`;
})}</svg></div>
`;
}
