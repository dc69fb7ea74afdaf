import { expect } from 'chai';
import { measure } from '../../../harness/check/measures.ts';
import { outcome } from '../../../harness/check/outcome.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { deadlocked, fannedOut, held, incident, preempted, starved, steady } from '../../fixtures/journals/incident.ts';

const mark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;

describe('measure', () => {
  it('reads every number off a full journal', () => {
    const { api, apiByPhase, sampler, harness, unwinding, podsPerSecond, ...numbers } = measure(incident().view());
    expect(numbers).to.deep.equal({
      podsRequested: 4,
      podsCreated: 5,
      podsSucceeded: 4,
      segmentsLost: 0,
      segmentsRepeated: 0,
      gatekeeperOutageSeconds: 55.5,
      // 2 deletes, 3 probes, 1 event of the ReplicaSet, and one of the Job that counts 3.
      refusedRequests: 9,
      refusedDeletes: 2,
      selfHealed: false,
      holdSeconds: 50.3,
      exposureSeconds: 4.6,
      violatingPodsAdmitted: 2,
      violatingPodsLeft: 1,
      timeToRecoverSeconds: 4.7,
      clusterReadySeconds: 9,
      toolchainSeconds: null,
      safeguarded: { refusedRequests: 0, minReadyReplicas: 2, requiredReplicas: 2 },
    });
    expect(unwinding.map((u) => u.step)).to.have.length(6);
    expect(podsPerSecond).to.be.closeTo(5, 0.01);
    expect([api, apiByPhase, sampler, harness]).to.deep.equal([{}, {}, null, null]);
  });

  it('counts refused deletes of people, not the node agent’s tries to finish a deletion', () => {
    const journal = incident().request('node-agent/n1', 'finish-pod-deletion', 'Pod/kyverno/x', 500, {
      verb: 'delete',
    });
    const goingOn = journal.edited((e) => (e.type === 'run.ended' ? { ...e, type: 'note', text: 'not yet' } : e));
    expect(measure(goingOn)).to.include({ refusedDeletes: 2, refusedRequests: 10 });
  });

  it('leaves what was not measured null, never 0', () => {
    const measures = measure(aJournal().view());
    for (const [name, value] of Object.entries(measures)) {
      if (name === 'unwinding') expect(value).to.deep.equal([]);
      else if (name === 'api' || name === 'apiByPhase') expect(value).to.deep.equal({});
      else expect(value, name).to.equal(null);
    }
  });

  it('does not give numbers that a blind watch, or a cut-off run, cannot know', () => {
    const blind = measure(incident().blindAt('Pod', mark('rules.deleted')));
    expect([blind.podsCreated, blind.segmentsLost, blind.violatingPodsAdmitted]).to.deep.equal([null, null, null]);
    const cut = measure(incident().cutAt(mark('hold.ended')));
    expect([cut.selfHealed, cut.holdSeconds, cut.segmentsLost, cut.safeguarded]).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('outcome', () => {
  it('fell when it was still down at the end of the hold', () => {
    expect(outcome(incident().view())).to.equal('fell');
  });

  it('limped when it came back by itself', () => {
    expect(outcome(starved().view())).to.equal('limped');
  });

  it('stood when it was never gone', () => {
    const journal = aJournal().run().synced().with(steady).mark('trigger.injected').after(30);
    expect(outcome(journal.view())).to.equal('unknown');
    expect(outcome(journal.mark('trigger.removed').view())).to.equal('stood');
  });

  it('is unknown without a trigger, for half a hold, and for a blind one', () => {
    expect(outcome(aJournal().run().synced().with(steady).view())).to.equal('unknown');
    const fallen = aJournal().run().synced().with(steady, fannedOut(4), preempted, deadlocked, held(50));
    expect(outcome(fallen.cutAt(mark('hold.ended')))).to.equal('unknown');
    expect(outcome(fallen.blindAt('Pod', mark('hold.ended')))).to.equal('unknown');
  });
});
