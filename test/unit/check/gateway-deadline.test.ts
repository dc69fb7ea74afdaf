import { expect } from 'chai';
import { gatewayDeadline } from '../../../harness/check/gateway-deadline.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { type Asked, asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

const THROUGH = { class: 'get-pod', via: 'gateway', everySeconds: 1 } as const;

function phaseOf(direct: Asked[], gateway: Asked[]) {
  const journal = aJournal()
    .phase('load')
    .with(sampling(['get-pod', THROUGH]));
  journal.with(asked('get-pod', direct), asked('get-pod', gateway, 'gateway'));
  return journal.after(Math.max(0, 60 - journal.now)).phaseEnded('load');
}
const fine = () => everySecond(1, 60);

describe('the deadline of the gateway', () => {
  it('holds when nothing took that long', () => {
    const slow = everySecond(1, 60, (at) => (at === 20 ? { waited: 30 } : {}));
    expect(gatewayDeadline(phaseOf(slow, fine()).view())).to.include({ verdict: 'holds', measured: 30, limit: 60 });
  });

  it('is violated by one request that took longer, and by a 504 of the gateway', () => {
    const slow = everySecond(1, 60, (at) => (at === 20 ? { waited: 75 } : {}));
    const beside = gatewayDeadline(phaseOf(slow, fine()).view());
    expect(beside).to.include({ verdict: 'violated', measured: 75 });
    expect(beside.because).to.equal('1 request took 60.0 s or longer: get-pod');
    const late = everySecond(1, 60, (at) => (at === 20 ? { waited: 60.1, code: 504 } : {}));
    expect(gatewayDeadline(phaseOf(fine(), late).view()).because).to.include('get-pod@gateway');
  });

  it('is violated by what was given up after longer', () => {
    const given = everySecond(1, 60, (at) => (at === 20 ? { waited: 90, censored: true } : {}));
    expect(gatewayDeadline(phaseOf(given, fine()).view()).verdict).to.equal('violated');
  });

  it('says nothing of requests that were open at the end, of a gap, or without a gateway', () => {
    const open = everySecond(1, 60, (at) => (at > 50 ? { waited: 61 - at, censored: true } : {}));
    expect(gatewayDeadline(phaseOf(open, fine()).view())).to.include({ verdict: 'inconclusive' });
    const gap = fine().filter(({ at }) => at < 20 || at > 30);
    expect(gatewayDeadline(phaseOf(gap, fine()).view()).because).to.include('no get-pod was sampled');
    const none = aJournal()
      .phase('load')
      .with(sampling(['get-pod'], {}), asked('get-pod', fine()))
      .phaseEnded('load');
    expect(gatewayDeadline(none.view()).because).to.equal('nothing was sampled through a gateway');
    expect(gatewayDeadline(aJournal().view()).verdict).to.equal('inconclusive');
    const silent = aJournal().phase('load').with(sampling([])).after(60).phaseEnded('load');
    expect(gatewayDeadline(silent.view()).verdict).to.equal('inconclusive');
  });

  it('says nothing when the gateway died, or nobody was answered: what fails at once is no short wait', () => {
    const dead = everySecond(1, 60, (at) => (at > 20 ? { waited: 0.002, code: 0 } : {}));
    const journal = phaseOf(fine(), dead);
    journal.entry({ type: 'sampler', part: 'gateway', op: 'stopped', reason: 'its thread ended' } as never);
    const view = journal.edited((e) => (e.type === 'sampler' && e.op === 'stopped' ? { ...e, t: 20 } : e));
    expect(gatewayDeadline(view)).to.include({ verdict: 'inconclusive' });
    expect(gatewayDeadline(view).because).to.equal('the gateway stopped at 20.0 s: its thread ended');
    const none = everySecond(1, 60, () => ({ waited: 0.002, code: 0 }));
    expect(gatewayDeadline(phaseOf(none, none).view())).to.include({
      verdict: 'inconclusive',
      because: 'no get-pod was answered at all',
    });
  });
});
