import type { Difference } from './compare.ts';
import { LEAST_RUNS } from './noise.ts';
import type { Outcome, Result } from './result.ts';
import { DID } from './words.ts';

const RANK: Record<Exclude<Outcome, 'unknown'>, number> = { stood: 0, limped: 1, fell: 2 };

/** Whether the cluster did better or worse than before; undefined where it is not known what it did. */
export function outcomeChange(before: Outcome, after: Outcome): 'better' | 'same' | 'worse' | undefined {
  if (before === 'unknown' || after === 'unknown') return undefined;
  const rank = RANK[after] - RANK[before];
  return rank > 0 ? 'worse' : rank < 0 ? 'better' : 'same';
}

/**
 * What the cluster did, and what it did in each cell of a matrix. To fall further is worse, whatever the experiment
 * expects. Where timing decides between limping and falling, runs like the first one may show that it does so by chance.
 * @param sample runs like `a`, itself included.
 */
export function outcomes(a: Result, b: Result, sample: readonly Result[]): Difference[] {
  const now = outcomesOf(b);
  return [...outcomesOf(a)].flatMap(([what, before]): Difference[] => {
    const after = now.get(what);
    const change = after === undefined ? undefined : outcomeChange(before, after);
    if (after === undefined || change === undefined) return [];
    const row = { what, before, after, unit: '', because: DID[after] };
    if (change !== 'worse') return [{ ...row, state: 'not worse' }];
    const alike = sample.filter((r) => outcomesOf(r).get(what) === after).length;
    if (alike > 0)
      return [{ ...row, state: 'not worse', because: `so did ${alike} of ${sample.length} runs like the first one` }];
    if (before !== 'stood' && sample.length < LEAST_RUNS)
      return [{ ...row, state: 'unjudged', because: 'timing may decide' }];
    return [{ ...row, state: 'worse' }];
  });
}

/** The outcome of a matrix itself is that of its preparation, and says nothing. */
function outcomesOf(r: Result): Map<string, Outcome> {
  const [e] = r.experiments;
  if (e === undefined) return new Map();
  if (e.cells === undefined) return new Map([['what the cluster did', e.outcome]]);
  return new Map(e.cells.map(({ name, outcome }) => [`cell ${name}`, outcome]));
}
