import { expect } from 'chai';
import { headline } from '../../../reports/headline.ts';
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
});
