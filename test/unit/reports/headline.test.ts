import { expect } from 'chai';
import { headline } from '../../../reports/headline.ts';
import type { CellResult } from '../../../reports/result.ts';
import { tally } from '../../../reports/words.ts';
import { HOLDS, INCONCLUSIVE, result, VIOLATED } from './results.ts';

describe('headline', () => {
  it('names what the cluster did, when it did one thing', () => {
    expect(headline(HOLDS)).to.match(/^FELL, as expected: /);
    expect(headline(VIOLATED)).to.match(/^VIOLATED: the cluster was hurt/);
    expect(headline(INCONCLUSIVE)).to.match(/^INCONCLUSIVE: /);
  });

  it('names no outcome of a matrix, whose cells did different things', () => {
    expect(headline(result({}, { outcome: 'unknown', reason: 'all 6 checks hold, and 8 of 8 cells' }))).to.equal(
      'HOLDS: all 6 checks hold, and 8 of 8 cells',
    );
  });

  it('does not tell how long the preparation of a matrix was without a gatekeeper', () => {
    const [only] = HOLDS.experiments;
    expect(only?.outcome).to.equal('fell');
    expect(headline(result({}, { ...only, reason: 'three paths raced', cells: [] }))).to.equal(
      'FELL, as expected: three paths raced',
    );
  });

  it('counts the cells of a matrix that asked for no check', () => {
    const cells = ['holds', 'holds'].map((verdict) => ({ verdict }) as CellResult);
    expect(tally([{ checks: [], cells }])).to.equal('all 2 cells hold');
    expect(tally([{ checks: [], cells: [...cells, { verdict: 'violated' } as CellResult] }])).to.equal(
      '1 violated of 3 cells',
    );
    expect(tally([{ checks: [] }])).to.equal('nothing was checked');
  });
});
