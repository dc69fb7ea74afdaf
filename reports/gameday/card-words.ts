import { duration, grouped } from '../words.ts';
import type { Part, Scorecard } from './scorecard.ts';

const VERDICT = { recovered: 'RECOVERED', 'not-recovered': 'NOT RECOVERED', inconclusive: 'INCONCLUSIVE' } as const;

/** `RECOVERED: 87 of 100 points`; what is not known is said, and never counted as good. */
export function headlineOf({ verdict, points, outOf, notKnown }: Scorecard): string {
  const known = notKnown.length === 0 ? '' : `, as far as known (not known: ${notKnown.join(', ').toLowerCase()})`;
  return `${VERDICT[verdict]}: ${grouped(points)} of ${outOf} points${known}`;
}

export function pointsOf({ points, outOf }: Part): string {
  return points === null ? 'not known' : `${grouped(points)} of ${outOf}`;
}

/** What was timed, or that it never came. */
export function timeOf({ name, seconds, points }: Part): string {
  if (seconds !== null) return duration(seconds);
  return points === null || name === 'commands' ? '' : 'never';
}
