import { expect as words } from 'chai';
import { expect } from '../../../harness/check/expect.ts';
import { failWithin } from '../../../harness/check/fail-within.ts';
import { opposite } from '../../../harness/check/opposite.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { type Asked, asked, everySecond, sampling } from '../../fixtures/journals/api.ts';

const options = { phase: 'stalled', class: 'dry-run-pod', seconds: 5 } as const;

function stalled(how: (at: number) => Omit<Asked, 'at'>, requests = everySecond(1, 24, how)) {
  const journal = aJournal()
    .phase('stalled')
    .with(sampling(['dry-run-pod']), asked('dry-run-pod', requests));
  return journal
    .after(Math.max(0, 20 - journal.now))
    .phaseEnded('stalled')
    .view();
}

describe('failWithin', () => {
  it('holds when all that failed did so in time', () => {
    words(
      failWithin(
        stalled(() => ({ waited: 2, code: 500 })),
        options,
      ),
    ).to.include({ verdict: 'holds', measured: 2 });
  });

  it('is violated when one waited for longer, answered or not', () => {
    const one = (how: Omit<Asked, 'at'>) => stalled((at) => (at === 9 ? how : { waited: 3, code: 500 }));
    words(failWithin(one({ waited: 10, code: 500 }), options)).to.include({ verdict: 'violated', measured: 10 });
    words(failWithin(one({ waited: 9 }), options).verdict).to.equal('violated');
    words(failWithin(one({ waited: 90, censored: true }), options).verdict).to.equal('violated');
  });

  it('says nothing when nothing failed, was given up, or was not in sight', () => {
    words(
      failWithin(
        stalled(() => ({})),
        options,
      ).because,
    ).to.include('no dry-run-pod failed');
    const given = stalled((at) => (at === 9 ? { waited: 2, censored: true } : { waited: 3, code: 500 }));
    words(failWithin(given, options).verdict).to.equal('inconclusive');
    const gap = everySecond(1, 24, () => ({ code: 500 })).filter(({ at }) => at < 5 || at > 15);
    words(
      failWithin(
        stalled(() => ({}), gap),
        options,
      ).verdict,
    ).to.equal('inconclusive');
    words(failWithin(aJournal().view(), options).verdict).to.equal('inconclusive');
  });
});

describe('limits that are to break', () => {
  const slow = stalled(() => ({ waited: 4 }));
  const good = stalled(() => ({}));

  it('are the opposite of those that are to hold, but for what nobody saw', () => {
    words(opposite({ verdict: 'inconclusive', because: 'x', evidence: [] }).verdict).to.equal('inconclusive');
    expect(slow).to.breakSlo({ phase: 'stalled' });
    words(() => expect(good).to.breakSlo({ phase: 'stalled' })).to.throw(/was 0\.0 s of 1\.0 s/);
    words(() => expect(aJournal().view()).to.breakSlo({ phase: 'stalled' })).to.throw();
  });

  it('know the deadline of the gateway', () => {
    const frozen = stalled(() => ({ waited: 60, code: 504 }));
    expect(frozen).to.exceedDeadline({ phase: 'stalled' });
    words(() => expect(good).to.exceedDeadline({ phase: 'stalled' })).to.throw(/no request waited longer/);
  });
});

describe('the time under a fault', () => {
  const fault = (op: 'injected' | 'reverted') => ({ type: 'fault', op, fault: 'stall', describe: 'x' }) as const;
  const slowAfter = () => {
    const journal = aJournal()
      .phase('stalled')
      .with(sampling(['get-pod']))
      .entry(fault('injected'));
    journal.with(asked('get-pod', everySecond(0, 20))).entry(fault('reverted'));
    return journal
      .with(
        asked(
          'get-pod',
          everySecond(20, 40, () => ({ waited: 4 })),
        ),
      )
      .phaseEnded('stalled');
  };

  it('is all that counts when a check says so', () => {
    expect(slowAfter().view()).to.breakSlo({ phase: 'stalled' });
    expect(slowAfter().view()).to.meetSlo({ phase: 'stalled', underFault: true });
  });

  it('must have been', () => {
    const never = slowAfter().without((e) => e.type === 'fault');
    words(() => expect(never).to.meetSlo({ phase: 'stalled', underFault: true })).to.throw(/no fault was injected/);
  });
});
