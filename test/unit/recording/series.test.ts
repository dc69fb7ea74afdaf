import { expect } from 'chai';
import type { PodState } from '../../../harness/journal/events.ts';
import { intervalOf, niceStep, pointsUntil } from '../../../harness/recording/grid.ts';
import { PodCounter } from '../../../harness/recording/pod-counts.ts';
import { apiLatency, refusalRate, replicaSteps } from '../../../harness/recording/rates.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { incident, preempted, steady } from '../../fixtures/journals/incident.ts';

describe('the grid of a recording', () => {
  it('takes an interval that people count in, and never more points than can be seen', () => {
    expect(niceStep(60)).to.equal(0.2);
    expect(niceStep(60, 1)).to.equal(1);
    for (const end of [0.5, 60, 3600, 5 * 86_400]) expect(pointsUntil(end, niceStep(end))).to.be.at.most(482);
  });

  it('puts a time into the interval that it begins', () => {
    expect([0, 0.2, 0.3, 0.6].map((t) => intervalOf(t, 0.2))).to.deep.equal([0, 1, 1, 3]);
    expect(intervalOf(-0.1, 1)).to.equal(0);
  });
});

describe('PodCounter', () => {
  const encoding = (state: Partial<PodState>) => ({ role: 'encoding', ...state });
  const counted = (journal: JournalBuilder, end: number) => {
    const counter = new PodCounter(end, 0.1);
    for (const event of journal.events()) counter.add(event);
    return counter.done();
  };

  it('counts each pod once, in the state that it has at each point', () => {
    const journal = aJournal()
      .pod('added', 'a', encoding({}))
      .pod('added', 'b', encoding({}))
      .pod('modified', 'a', { phase: 'Running' })
      .pod('modified', 'a', { phase: 'Succeeded' })
      .pod('modified', 'b', { phase: 'Failed' })
      .pod('deleted', 'b');
    const { waiting, running, succeeded, failed } = counted(journal, 0.6);
    expect(waiting).to.deep.equal([1, 2, 1, 1, 0, 0, 0]);
    expect(running).to.deep.equal([0, 0, 1, 0, 0, 0, 0]);
    expect(succeeded).to.deep.equal([0, 0, 0, 1, 1, 1, 1]);
    expect(failed).to.deep.equal([0, 0, 0, 0, 1, 0, 0]);
  });

  it('leaves other pods out', () => {
    expect(counted(aJournal().pod('added', 'x', { role: 'violating' }), 0.2).waiting).to.deep.equal([0, 0, 0]);
  });
});

describe('rates', () => {
  it('count refusals in the second they came, an Event as often as it says', () => {
    const { step, perSecond } = refusalRate(incident().view());
    expect(step).to.equal(1);
    // 2 controllers with 1 and 3, probes and people.
    expect(perSecond.reduce((sum, n) => sum + n)).to.equal(9);
  });

  it('give the percentiles of each interval, and null where nobody asked', () => {
    const journal = aJournal().run();
    const asked = (due: number[], waited: number[], more = {}) =>
      journal.entry({
        type: 'samples',
        class: 'list-page',
        via: 'gateway',
        protocol: 'h2',
        due,
        waited,
        open: 0,
        oldestSeconds: 0,
        ...more,
      });
    asked([0.1, 0.2, 0.3, 0.4], [0.001, 0.002, 0.1, 0.0001], { failed: [[3, 500]] });
    journal.after(7);
    asked([3], [4], { censored: [0] });
    const [list] = apiLatency(journal.view());
    expect(list).to.include({ class: 'list-page@gateway', step: 2 });
    expect(list?.p50.slice(0, 3)).to.deep.equal([0.002, 4, null]);
    expect(list?.p99[0]).to.equal(0.1);
  });

  it('have ready replicas fall to none when the gatekeeper is preempted', () => {
    const { t, ready, blind } = replicaSteps(aJournal().run().synced().with(steady, preempted).view());
    expect({ ready, blind }).to.deep.equal({ ready: [1, 0], blind: undefined });
    expect(t[1]).to.be.above(t[0] as number);
  });

  it('say when replicas cannot be told', () => {
    const view = aJournal().run().synced(['Deployment']).with(steady, preempted).view();
    expect(replicaSteps(view).blind).to.include('never synced');
  });
});
