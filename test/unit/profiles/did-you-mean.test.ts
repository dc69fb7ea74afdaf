import { expect } from 'chai';
import { didYouMean, editDistance, hint } from '../../../clusters/profiles/did-you-mean.ts';

describe('didYouMean', () => {
  const distances: [string, string, number][] = [
    ['', 'abc', 3],
    ['same', 'same', 0],
    ['kind', 'knid', 1],
    ['kitten', 'sitting', 3],
    ['replica', 'replicas', 1],
    ['ab', 'ba', 1],
  ];
  for (const [a, b, distance] of distances) {
    it(`“${a}” and “${b}” are ${distance} apart, both ways`, () => {
      expect(editDistance(a, b)).to.equal(distance);
      expect(editDistance(b, a)).to.equal(distance);
    });
  }

  it('finds the nearest, whatever its case', () => {
    expect(didYouMean('gatekeper', ['gateway', 'gatekeeper'])).to.equal('gatekeeper');
    expect(didYouMean('never', ['PreemptLowerPriority', 'Never'])).to.equal('Never');
  });

  it('takes one slip in a short word, not two', () => {
    expect(didYouMean('rum', ['run', 'up'])).to.equal('run');
    expect(didYouMean('rxx', ['run', 'up'])).to.equal(undefined);
  });

  it('says nothing where nothing is near', () => {
    expect(didYouMean('banana', ['run', 'report', 'cleanup'])).to.equal(undefined);
    expect(didYouMean('run', [])).to.equal(undefined);
    expect(hint('banana', ['run'])).to.equal('');
    expect(hint('rnu', ['run'])).to.equal(' (did you mean “run”?)');
  });
});
