import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Claim, judge, measure } from '../../bench/claim.ts';

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
  it('runs with the flags of Node that falldown runs with: they decide what collecting garbage costs', () => {
    const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    const flags = /^#!.*? node (.*)$/m.exec(read('bin/falldown.js'))?.[1];
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(scripts.bench).to.equal(`node ${flags} test/bench/main.ts`);
  });

  it('judges by the ratio of the medians, on the side that the claim says', () => {
    const values = { ours: [9, 1, 2], theirs: [4, 4, 100] };
    expect(judge(claimOf({ atMost: 0.5 }, never), values)).to.include({ ratio: 0.5, holds: true });
    expect(judge(claimOf({ atMost: 0.4 }, never), values)).to.include({ holds: false });
    expect(judge(claimOf({ atLeast: 0.6 }, never), values)).to.include({ holds: false });
    expect(judge(claimOf({ atMost: 1 }, never), { ours: [1, 2, 3, 10], theirs: [1] })).to.include({ ratio: 2.5 });
  });

  it('judges rates of the same work by all of it in all the time, where the claim says so', () => {
    const claim: Claim = { ...claimOf({ atLeast: 0.95 }, never), typical: 'overall' };
    const { ours, theirs, holds } = judge(claim, { ours: [100, 100, 25], theirs: [100, 100, 100] });
    expect([ours.typical, theirs.typical, holds]).to.deep.equal([50, 100, false]);
  });

  it('puts rates to one speed of the machine, where each comes with what the same work cost meanwhile', () => {
    const claim: Claim = { ...claimOf({ atLeast: 0.95 }, never), typical: 'overall' };
    // Ours ran while the machine was half as fast: 90 pods/s then are 180 at the speed of theirs.
    const slow = { rate: 90, yardstick: 20 };
    const fast = { rate: 200, yardstick: 10 };
    const { ours, ratio, ratioAsMeasured, holds } = judge(claim, { ours: [slow, slow], theirs: [fast, fast] });
    expect(ratio).to.be.closeTo(0.9, 1e-9);
    expect([ratioAsMeasured, holds]).to.deep.equal([0.45, false]);
    expect(ours).to.deep.include({ values: [90, 90], yardsticks: [20, 20], typical: 120 });
    // On a machine that is half as fast for ours, but no slower for its yardstick, ours is what is slow.
    const { holds: hidden } = judge(claim, {
      ours: [{ rate: 90, yardstick: 10 }],
      theirs: [{ rate: 180, yardstick: 10 }],
    });
    expect(hidden).to.equal(false);
  });

  it('tells how far chance may have moved the ratio', () => {
    const claim: Claim = { ...claimOf({ atLeast: 0.95 }, never), typical: 'overall' };
    const { error } = judge(claim, { ours: [90, 110], theirs: [100, 100] });
    expect(error).to.be.closeTo(0.0995, 0.0005);
    expect(judge(claim, { ours: [100], theirs: [100] })).not.to.have.property('error');
    expect(judge(claimOf({ atMost: 1 }, never), { ours: [1, 2], theirs: [1, 2] })).not.to.have.property('error');
  });

  it('judges by the difference, as a share of theirs or in units, whichever allows more', () => {
    const judged = (ours: number, theirs: number) =>
      judge(claimOf({ within: 0.1, orUnits: 1 }, never), { ours: [ours], theirs: [theirs] }).holds;
    expect([judged(2.9, 2), judged(3.1, 2), judged(1.1, 2), judged(0.9, 2)]).to.deep.equal([true, false, true, false]);
    expect([judged(109, 100), judged(111, 100)]).to.deep.equal([true, false]);
  });

  it('closes at once when it is interrupted, in the middle of a side', async () => {
    const closed: string[] = [];
    const interrupted = new AbortController();
    const endless = () => {
      setImmediate(() => interrupted.abort(new Error('interrupted')));
      return new Promise<number>(() => undefined);
    };
    const bench = { ours: endless, theirs: endless, close: async () => void closed.push('closed') };
    const claim = claimOf({ atMost: 1 }, async () => bench);
    const failed = await measure(claim, quiet, 1, interrupted.signal).catch((e: Error) => e.message);
    expect([failed, ...closed]).to.deep.equal(['interrupted', 'closed']);
  });

  it('measures both sides in turns, each as often first, and closes whatever happens', async () => {
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
    expect(calls).to.deep.equal(['ours', 'theirs', 'theirs', 'ours', 'close']);
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
