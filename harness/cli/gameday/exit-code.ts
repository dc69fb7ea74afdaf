import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { EXIT } from '../../errors.ts';

/** What a scorecard makes of the exit code, live or from the journal again: an abort is no result, whatever was reached. */
export function exitCodeOfCard({ ended, verdict }: Scorecard): number {
  if (ended === 'aborted' || verdict === 'inconclusive') return EXIT.inconclusive;
  return verdict === 'recovered' ? EXIT.holds : EXIT.violated;
}
