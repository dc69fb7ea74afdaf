import { expect } from 'chai';
import { NotSeen, waitFor } from '../../../harness/wait.ts';
import { failureOf } from '../kube/fake-api.ts';

describe('waitFor', () => {
  const signal = new AbortController().signal;
  const options = { what: 'the thing', timeoutSeconds: 5, signal, everySeconds: 0.01 };

  it('looks until there is something, and returns it', async () => {
    const answers = [undefined, false, null, 'here'];
    expect(await waitFor(() => answers.shift(), options)).to.equal('here');
  });

  it('looks at least once, also with no time', async () => {
    expect(await waitFor(() => true, { ...options, timeoutSeconds: 0 })).to.equal(true);
  });

  it('says what it waited for, how long, and what was there instead', async () => {
    const wait = waitFor(() => false, { ...options, timeoutSeconds: 0.05, seen: async () => '2 of 3 pods' });
    const error = (await failureOf(wait)) as NotSeen;
    expect(error).to.be.instanceOf(NotSeen);
    expect(error.message).to.include('timed out waiting for the thing').and.include('2 of 3 pods');
    expect(error.failure.elapsedSeconds).to.be.within(0.05, 2);
    expect(error.failure.limitSeconds).to.equal(0.05);
  });

  it('passes on what the look throws, and ends on abort', async () => {
    const broken = () => Promise.reject(new Error('no API'));
    expect((await failureOf(waitFor(broken, options))).message).to.equal('no API');
    const stop = new AbortController();
    const wait = waitFor(() => false, { ...options, signal: stop.signal, everySeconds: 60 });
    stop.abort();
    expect(await failureOf(wait)).to.satisfy(() => stop.signal.aborted);
    expect(await failureOf(waitFor(() => true, { ...options, signal: stop.signal }))).to.equal(stop.signal.reason);
  });
});
