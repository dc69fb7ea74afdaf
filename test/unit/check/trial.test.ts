import { expect } from 'chai';
import { trial, trialInSight } from '../../../harness/check/trial.ts';
import { trialValues } from '../../../harness/check/trial-values.ts';
import { aJournal, type JournalBuilder, REFUSED } from '../../fixtures/journals/a-journal.ts';
import { FIRST, steady } from '../../fixtures/journals/incident.ts';

type Answers = [good: 'admitted' | 'webhook-down' | 'error', bad: 'refused' | 'webhook-down' | 'admitted' | 'error'];
const WELL: Answers = ['admitted', 'refused'];
const SHUT: Answers = ['webhook-down', 'webhook-down'];
const OPEN: Answers = ['admitted', 'admitted'];

const asked =
  (answers: Answers, times = 3) =>
  (j: JournalBuilder) => {
    for (let i = 0; i < times; i++) j.probe('good', answers[0]).probe('violating', answers[1]).after(0.3);
  };
const begin = () =>
  aJournal()
    .run()
    .synced()
    .with(steady)
    .mark('trial', { trigger: 'collision', safeguards: 'spread', replicas: 2, reservedCpuCores: 2.2 })
    .mark('trigger.injected');
const gone = (j: JournalBuilder) => j.endpoints(0).pod('deleted', FIRST);
const back = (j: JournalBuilder) => j.endpoints(1);
const removed = (j: JournalBuilder) => j.mark('trigger.removed').mark('hold.started');
const ended = (j: JournalBuilder) => j.mark('hold.ended');
const told = (j: JournalBuilder) => {
  const found = trial(j.view());
  if ('why' in found) throw new Error(found.why);
  return found;
};

describe('trial', () => {
  it('stood: nothing was refused that should not be, and nothing admitted', () => {
    const found = told(begin().with(asked(WELL), removed, asked(WELL), ended));
    expect(found).to.include({
      fate: 'stood',
      closedSeconds: 0,
      exposureSeconds: 0,
      outageSeconds: 0,
      minReadyReplicas: 1,
    });
  });

  it('fell: with the trigger gone good pods are still refused', () => {
    const found = told(begin().with(gone, asked(SHUT), removed, asked(SHUT), ended));
    expect(found).to.include({ fate: 'fell', minReadyReplicas: 0, exposureSeconds: 0 });
    expect(found.closedSeconds).to.be.within(2.5, 3.5);
    expect(found.refusedRequests).to.equal(12);
  });

  it('fell: with the trigger gone violating pods are still admitted', () => {
    expect(told(begin().with(gone, asked(OPEN), removed, asked(OPEN), ended))).to.include({
      fate: 'fell',
      closedSeconds: 0,
    });
  });

  it('is told from the trigger that was not taken back: in a false start the cluster healed with it', () => {
    const discounted = (j: JournalBuilder) => j.mark('trigger.discounted').mark('trigger.injected');
    const falseStart = (j: JournalBuilder) => j.with(gone, asked(SHUT)).mark('trigger.removed').with(back, asked(WELL));
    const found = told(begin().with(falseStart, discounted, gone, asked(SHUT), removed, asked(SHUT), ended));
    expect(found).to.include({ fate: 'fell', refusedRequests: 12 });
    expect(told(begin().with(falseStart, discounted, asked(WELL), removed, asked(WELL), ended)).fate).to.equal('stood');
  });

  it('limped: it was closed for a while, or open', () => {
    const closed = told(begin().with(gone, asked(SHUT), removed, back, asked(WELL), ended));
    expect(closed).to.include({ fate: 'limped' });
    expect(closed.outageSeconds).to.be.above(1);
    const open = told(
      begin().with(gone, asked(OPEN), (j) => j.exposed('admitted', 'bad-1'), removed, back, asked(WELL), ended),
    );
    expect(open).to.include({ fate: 'limped', closedSeconds: 0, violatingPodsAdmitted: 1, refusedRequests: 0 });
    expect(open.exposureSeconds).to.be.above(1);
  });

  it('counts blocked rollouts: people once a refusal, a controller once however often', () => {
    const found = told(
      begin().with(
        gone,
        asked(SHUT),
        (j) => j.request('platform-admin', 'roll-out', 'Deployment/shop/web', 500),
        (j) => j.event('FailedCreate', 'ReplicaSet/kyverno/k-1', REFUSED, 7),
        removed,
        asked(SHUT),
        ended,
      ),
    );
    expect(found.blockedRollouts).to.equal(2);
    expect(
      told(begin().with(asked(WELL), (j) => j.request('x', 'roll-out', 'D/s/w', 200), removed, asked(WELL), ended))
        .blockedRollouts,
    ).to.equal(0);
  });

  it('takes the slowest answer', () => {
    const slow = (j: JournalBuilder) => j.after(10).probe('good', 'webhook-down', { seconds: 10 });
    expect(told(begin().with(slow, removed, asked(WELL), ended)).slowestRequestSeconds).to.equal(10);
  });

  it('is in sight, and says the fate', () => {
    const finding = trialInSight(begin().with(asked(WELL), removed, asked(WELL), ended).view());
    expect(finding).to.include({ verdict: 'holds', measured: 'stood' });
  });

  describe('is inconclusive', () => {
    const blank = (j: JournalBuilder) => trialInSight(j.view());
    it('when it was not made to its end', () => {
      expect(blank(begin().with(asked(WELL), removed)).because).to.include('never reached "hold.ended"');
      expect(blank(aJournal().run()).verdict).to.equal('inconclusive');
    });

    it('when nobody was answered at the end', () => {
      expect(blank(begin().with(asked(WELL), removed, (j) => j.after(10), ended)).because).to.include(
        'nobody was answered',
      );
      expect(blank(begin().with(removed, asked(['error', 'error']), ended)).verdict).to.equal('inconclusive');
    });

    it('when pods, endpoints or events were out of sight', () => {
      for (const kind of ['Pod', 'EndpointSlice', 'Event'] as const) {
        const view = begin()
          .with(asked(WELL), removed, asked(WELL), ended)
          .blindAt(kind, (e) => e.type === 'mark' && e.name === 'trigger.removed');
        expect(trialInSight(view).verdict, kind).to.equal('inconclusive');
      }
    });
  });

  it('gives the numbers of the result, and null for what it cannot tell', () => {
    const values = trialValues(begin().with(asked(WELL), removed, asked(WELL), ended).view());
    expect(values).to.include({
      trigger: 'collision',
      safeguards: 'spread',
      fate: 'stood',
      replicas: 2,
      exposesByDesign: null,
      patch: null,
      patchIs: null,
    });
    const cut = trialValues(begin().with(asked(WELL)).view());
    expect(cut).to.include({ trigger: 'collision', fate: null, refusedRequests: null, gatekeeperOutageSeconds: null });
  });
});
