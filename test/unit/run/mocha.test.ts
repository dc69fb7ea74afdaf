import { expect } from 'chai';
import type { Cell } from '../../../harness/run/matrix.ts';
import { type MochaHooks, runWithMocha } from '../../../harness/run/mocha.ts';
import type { Experiment } from '../../../harness/run/script.ts';

describe('runWithMocha', () => {
  let calls: string[];
  beforeEach(() => {
    calls = [];
  });

  const experiment: Experiment = {
    name: 'x',
    title: 'X',
    facts: [],
    needs: ['embedded'],
    profile: 'p',
    typicalSeconds: 1,
    steps: ['one', 'two', 'three'].map((phase) => ({ phase, title: phase, run: async () => undefined })),
    checks: [{ name: 'c', facts: [], body: () => undefined }],
  };
  const aCell = (name: string): Cell => ({ name, title: name, steps: [], checks: [], read: undefined });
  const run = (failing: string[] = [], cells: Cell[] = []) => {
    const call = async (what: string) => {
      calls.push(what);
      if (failing.includes(what)) throw new Error(what);
    };
    const hooks: MochaHooks = {
      provision: () => call('provision'),
      step: ({ phase }) => call(phase),
      cell: ({ name }) => call(name),
      teardown: () => call('teardown'),
      evaluate: () => {
        calls.push('evaluate');
        return [];
      },
    };
    return runWithMocha(experiment, cells, hooks);
  };

  it('provisions, takes the steps in order, cleans up, and then evaluates', async () => {
    await run();
    expect(calls).to.deep.equal(['provision', 'one', 'two', 'three', 'teardown', 'evaluate']);
  });

  it('takes no further step after one failed, cleans up and evaluates', async () => {
    await run(['two']);
    expect(calls).to.deep.equal(['provision', 'one', 'two', 'teardown', 'evaluate']);
  });

  it('runs the cells after the steps, and none when a step or a cell ended the run', async () => {
    await run([], [aCell('a'), aCell('b')]);
    expect(calls).to.deep.equal(['provision', 'one', 'two', 'three', 'a', 'b', 'teardown', 'evaluate']);
    calls = [];
    await run(['three'], [aCell('a')]);
    expect(calls).to.not.include('a');
    calls = [];
    await run(['a'], [aCell('a'), aCell('b')]);
    expect(calls).to.include('a').and.not.include('b');
  });

  it('takes no step without a cluster, cleans up and evaluates', async () => {
    await run(['provision']);
    expect(calls).to.deep.equal(['provision', 'teardown', 'evaluate']);
  });

  it('evaluates also when the clean-up failed', async () => {
    await run(['teardown']);
    expect(calls.at(-1)).to.equal('evaluate');
  });

  it('leaves no listeners behind', async () => {
    await run();
    const count = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    const before = count();
    for (let i = 0; i < 3; i++) await run(['two']);
    expect(count()).to.equal(before);
  });
});
