import type { Scale } from './scale.ts';

/** Drawn in a box of 1000 × 100 that is then stretched: x is time, y grows downwards. */
export const BOX = { width: 1000, height: 100 };

type Point = readonly [x: number, y: number];

function at(time: Scale, y: Scale, t: number, value: number): Point {
  return [round(time.at(t) * BOX.width), round((1 - Math.min(1, y.at(value))) * BOX.height)];
}

/** A line through values at 0, step, 2·step …; a null interrupts it, and a value alone is a short dash. */
export function linePath(values: readonly (number | null)[], step: number, time: Scale, y: Scale): string {
  let path = '';
  let pen = false;
  values.forEach((value, i) => {
    if (value === null) pen = false;
    else {
      const [x, top] = at(time, y, i * step, value);
      const alone = !pen && (values[i + 1] ?? null) === null;
      path += `${pen ? 'L' : 'M'}${x} ${top}${alone ? 'h2' : ''}`;
      pen = true;
    }
  });
  return path;
}

/** The area between two lines, for one layer of a stack. */
export function layerPath(
  low: readonly number[],
  high: readonly number[],
  step: number,
  time: Scale,
  y: Scale,
): string {
  const edge = (values: readonly number[]) => values.map((v, i) => at(time, y, i * step, v).join(' '));
  return `M${edge(high).join('L')}L${edge(low).reverse().join('L')}Z`;
}

/** A line that holds each value until the next time, to `end`; closed down to zero when it is an area. */
export function stepPath(
  t: readonly number[],
  values: readonly number[],
  end: number,
  time: Scale,
  y: Scale,
  area = false,
): string {
  if (t.length === 0) return '';
  const corners = t.flatMap((from, i) => {
    const value = values[i] ?? 0;
    return [at(time, y, from, value), at(time, y, t[i + 1] ?? end, value)];
  });
  const line = `M${corners.map((p) => p.join(' ')).join('L')}`;
  return area ? `${line}V${BOX.height}H${corners[0]![0]}Z` : line;
}

/** A bar per interval, from its begin to its end. */
export function barsPath(values: readonly number[], step: number, time: Scale, y: Scale): string {
  return values
    .map((value, i) => {
      if (value <= 0) return '';
      const [x, top] = at(time, y, i * step, value);
      const [to] = at(time, y, (i + 1) * step, value);
      return `M${x} ${BOX.height}V${top}H${to}V${BOX.height}Z`;
    })
    .join('');
}

const round = (n: number) => Math.round(n * 10) / 10;
