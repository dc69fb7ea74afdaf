import { expect } from 'chai';
import { frozen } from '../../../harness/check/frozen.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { type Asked, asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

function phaseOf(requests: Asked[], more: Asked[] = []) {
  const journal = aJournal()
    .phase('storm')
    .with(sampling(['get-pod', 'list-page']));
  journal.with(asked('get-pod', requests), asked('list-page', more));
  return journal.after(Math.max(0, 200 - journal.now)).phaseEnded('storm');
}
/** Nothing that was due from 50 to 130 is answered before 130. */
const stall = (at: number) => (at >= 50 && at < 130 ? { waited: 130 - at } : {});

describe('frozen', () => {
  it('is what no class answered for a minute', () => {
    const view = phaseOf(everySecond(1, 200, stall), everySecond(1, 200, stall)).view();
    expect(frozen(view)).to.include({ verdict: 'violated', limit: 60 });
    expect(frozen(view).measured).to.be.closeTo(81, 0.1);
    expect(frozen(view, { expect: 'freezes' }).verdict).to.equal('holds');
    expect(frozen(view, { forSeconds: 90 }).verdict).to.equal('holds');
  });

  it('is not frozen as long as one class is answered', () => {
    const view = phaseOf(everySecond(1, 200, stall), everySecond(1, 200)).view();
    expect(frozen(view)).to.include({ verdict: 'holds' });
    expect(frozen(view, { expect: 'freezes' }).verdict).to.equal('violated');
  });

  it('takes neither a fast error nor an answer after the deadline for an answer', () => {
    const errors = everySecond(1, 200, (at) => (at >= 50 && at < 130 ? { waited: 0.01, code: 503 } : {}));
    const late = everySecond(1, 200, (at) => (at >= 45 && at < 125 ? { waited: 65 } : {}));
    expect(frozen(phaseOf(errors, everySecond(1, 200, stall)).view()).verdict).to.equal('violated');
    expect(frozen(phaseOf(late, late).view()).verdict).to.equal('violated');
  });

  it('says nothing when nobody asked', () => {
    const gap = everySecond(1, 200).filter(({ at }) => at < 50 || at >= 130);
    expect(frozen(phaseOf(gap, gap).view())).to.include({ verdict: 'inconclusive' });
    expect(frozen(phaseOf([], []).view(), { forSeconds: 300 })).to.include({ verdict: 'inconclusive' });
    expect(frozen(phaseOf([], []).view()).verdict).to.equal('inconclusive');
    expect(frozen(aJournal().phase('storm').phaseEnded('storm').view()).because).to.equal(
      'API latency was not sampled',
    );
    expect(frozen(aJournal().view()).verdict).to.equal('inconclusive');
  });

  it('says nothing of a time in which the sampler was dead', () => {
    const journal = aJournal()
      .phase('storm')
      .with(sampling(['get-pod']), asked('get-pod', everySecond(1, 50)));
    journal.entry({ type: 'sampler', part: 'sampler', op: 'stopped', reason: 'x' }).after(100).phaseEnded('storm');
    expect(frozen(journal.view())).to.include({ verdict: 'inconclusive' });
  });
});
