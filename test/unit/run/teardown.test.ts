import { expect } from 'chai';
import { EXIT, type FalldownError } from '../../../harness/errors.ts';
import { Teardown } from '../../../harness/run/teardown.ts';
import { failureOf } from '../kube/fake-api.ts';

describe('teardown', () => {
  let teardown: Teardown;
  let done: string[];
  beforeEach(() => {
    teardown = new Teardown();
    done = [];
  });
  const push = (what: string, undo?: () => Promise<void> | void) =>
    teardown.push(what, async () => {
      await undo?.();
      done.push(what);
    });

  it('undoes in reverse, one after the other, each once', async () => {
    push('first', () => new Promise((resolve) => setTimeout(resolve, 5)));
    push('second', () => new Promise((resolve) => setTimeout(resolve, 20)));
    push('third');
    await teardown.run(5);
    expect(done).to.deep.equal(['third', 'second', 'first']);
    await teardown.run(5);
    expect(done).to.have.length(3);
  });

  it('goes on after a step failed, and names every one that did', async () => {
    push('cluster');
    push('a', () => Promise.reject(new Error('will not go')));
    teardown.push('b', () => {
      throw new Error('thrown at once');
    });
    push('connections');
    const error = (await failureOf(teardown.run(5))) as FalldownError;
    expect(done).to.deep.equal(['connections', 'cluster']);
    expect(error.code).to.equal('CLEANUP_INCOMPLETE');
    expect(error.exitCode).to.equal(EXIT.cleanupIncomplete);
    expect(error.failure.seen).to.equal('b: thrown at once\na: will not go');
  });

  it('has one budget for all, and still gives what comes last its turn', async () => {
    push('cluster');
    push('slow', () => new Promise((resolve) => setTimeout(resolve, 5_000).unref()));
    const started = performance.now();
    const error = (await failureOf(teardown.run(0.2))) as FalldownError;
    expect(performance.now() - started).to.be.within(150, 2_000);
    expect(done).to.deep.equal(['cluster']);
    expect(error.failure.seen).to.include('slow: not done within the 0.2 s');
  });

  it('undoes what was pushed while it was at it', async () => {
    push('outer', () => push('late'));
    await teardown.run(5);
    expect(done).to.deep.equal(['outer', 'late']);
  });
});
