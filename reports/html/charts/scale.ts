import { grouped } from '../../words.ts';

export interface Tick {
  /** 0 at the low end of the axis, 1 at the high one. */
  at: number;
  label: string;
}

/** Maps a value to 0…1. */
export interface Scale {
  at(value: number): number;
  ticks: Tick[];
}

const SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];

/** Time since the run began; `most` labels have room. */
export function timeScale(end: number, most = 8): Scale {
  const length = Math.max(end, 0.001);
  const step = SECONDS.find((s) => length / s <= most) ?? Math.ceil(length / most / 3600) * 3600;
  const ticks: Tick[] = [];
  for (let n = 0; n * step <= length * 1.0001; n++)
    ticks.push({ at: (n * step) / length, label: timeLabel(n * step, step) });
  return { at: (t) => Math.min(1, Math.max(0, t / length)), ticks };
}

function timeLabel(t: number, step: number): string {
  if (step < 60) return `${grouped(Number(t.toFixed(1)))} s`;
  return step < 3600 ? `${grouped(t / 60)} min` : `${grouped(t / 3600)} h`;
}

/** From 0 to a round number at or above `max`, with about `most` lines. */
export function linearScale(max: number, most = 4, unit = ''): Scale {
  const rough = Math.max(max, 1e-9) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((s) => s >= rough * 0.999) ?? rough;
  const top = Math.max(step, Math.ceil(max / step - 1e-9) * step);
  const ticks: Tick[] = [];
  for (let n = 0; n * step <= top * 1.0001; n++)
    ticks.push({ at: (n * step) / top, label: `${grouped(n * step)}${unit}` });
  return { at: (v) => Math.max(0, v / top), ticks };
}

/** Whole numbers from 0 to `max`: there is no half a replica. */
export function countScale(max: number): Scale {
  if (max > 6) return linearScale(max);
  const top = Math.max(1, max);
  const ticks = Array.from({ length: top + 1 }, (_, n) => ({ at: n / top, label: String(n) }));
  return { at: (v) => v / top, ticks };
}

/** Powers of ten, for latencies in seconds: a stall of a minute and an answer in a millisecond in one picture. */
export function latencyScale(values: readonly number[]): Scale {
  const seen = values.filter((v) => v > 0);
  const low = Math.floor(Math.log10(Math.max(1e-4, Math.min(...seen, 1))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...seen, 1e-4)) - 1e-9));
  const at = (v: number) => Math.min(1, Math.max(0, (Math.log10(Math.max(v, 1e-9)) - low) / (high - low)));
  const ticks = Array.from({ length: high - low + 1 }, (_, n) => ({
    at: n / (high - low),
    label: latency(10 ** (low + n)),
  }));
  return { at, ticks };
}

export function latency(seconds: number | null): string {
  if (seconds === null) return 'none';
  return seconds < 0.9995
    ? `${grouped(Number((seconds * 1000).toPrecision(2)))} ms`
    : `${grouped(Number(seconds.toPrecision(3)))} s`;
}
