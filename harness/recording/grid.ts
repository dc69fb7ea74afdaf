/** Points that a chart of a report can show, and more would not be seen. */
const POINTS = 480;
const NICE = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** The shortest interval, of those that people count in, that cuts `end` seconds into at most `points`; at least `least`. */
export function niceStep(end: number, least = 0, points = POINTS): number {
  const wanted = Math.max(least, end / points);
  return NICE.find((step) => step >= wanted) ?? Math.ceil(wanted / 3600) * 3600;
}

/** Points 0, step, 2·step … up to the first at or after `end`. */
export function pointsUntil(end: number, step: number): number {
  return Math.ceil(Math.round((end / step) * 1e6) / 1e6) + 1;
}

/** The interval that a time falls in. */
export function intervalOf(t: number, step: number): number {
  return Math.max(0, Math.floor(Math.round((t / step) * 1e6) / 1e6));
}
