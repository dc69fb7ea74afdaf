import { expect } from 'chai';
import { type Claim, judge, measure, median } from '../../bench/claim.ts';

const claimOf = (ratio: Claim['ratio'], open: Claim['open']): Claim => ({
  name: 'a',
  says: 'a claim',
  ours: 'ours',
  theirs: 'theirs',
  unit: 's',
  ratio,
  runs: 2,
  open,
});
const never: Claim['open'] = async () => {
  throw new Error('not to be opened');
};
const quiet = () => undefined;

describe('bench', () => {
  it('judges by the ratio of the medians, on the side that the claim says', () => {
    const values = { ours: [9, 1, 2], theirs: [4, 4, 100] };
    expect(judge(claimOf({ atMost: 0.5 }, never), values)).to.include({ ratio: 0.5, holds: true });
    expect(judge(claimOf({ atMost: 0.4 }, never), values)).to.include({ holds: false });
    expect(judge(claimOf({ atLeast: 0.6 }, never), values)).to.include({ holds: false });
    expect(median([1, 2, 3, 10])).to.equal(2.5);
  });

  it('measures both sides in turns, and closes whatever happens', async () => {
    const calls: string[] = [];
    const side = (name: string, value: number) => async () => {
      calls.push(name);
      return value;
    };
    const close = side('close', 0) as () => Promise<never>;
    const bench = { ours: side('ours', 1), theirs: side('theirs', 2), close };
    const outcome = await measure(
      claimOf({ atMost: 1 }, async () => bench),
      quiet,
    );
    expect(calls).to.deep.equal(['ours', 'theirs', 'ours', 'theirs', 'close']);
    expect(outcome.ours.values).to.deep.equal([1, 1]);

    calls.length = 0;
    const broken = { ...bench, theirs: async () => Promise.reject(new Error('broke')) };
    const failed = await measure(
      claimOf({ atMost: 1 }, async () => broken),
      quiet,
    ).catch((e: Error) => e.message);
    expect(failed).to.equal('broke');
    expect(calls).to.deep.equal(['ours', 'close']);
  });
});
