import { expect } from '../../../harness/check/expect.ts';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { type KubeletEvictionOptions, kubeletEviction } from '../../../harness/check/kubelet-eviction.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import type { JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { FIRST } from '../../fixtures/journals/incident.ts';
import { budgeted, HOG, pressed, realNodes } from '../../fixtures/journals/node-incidents.ts';

const gone = () => realNodes().with(budgeted, pressed('gatekeeper'));
const isEvicted = (e: JournalEvent) => e.type === 'object' && e.kind === 'Event';
const isPressure = (e: JournalEvent) => e.type === 'object' && 'pressure' in e.state;
const finds = (view: JournalView, options: KubeletEvictionOptions, verdict: string, because: string) => {
  const finding = kubeletEviction(view, options);
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict });
  return finding;
};
const said = (change: object) => (e: JournalEvent) =>
  isEvicted(e) && e.type === 'object' ? ({ ...e, state: { ...e.state, ...change } } as JournalEvent) : e;

describe('kubeletEviction', () => {
  it('holds with the event, the pod’s status and the node’s condition, in the kubelet’s words', () => {
    const finding = finds(gone().view(), {}, 'holds', 'the kubelet of n1 evicted Pod/kyverno/');
    expect(finding.because).to.contain('low on resource: memory');
    expect(finding.unit).to.equal('s');
    expect(finding.measured).to.be.within(4, 5);
    expect(finding.evidence).to.have.length(4);
  });

  it('holds for a gatekeeper that ended in good order, which its status calls success', () => {
    const succeeded = (e: JournalEvent) =>
      e.type === 'object' && e.kind === 'Pod' && 'reason' in e.state
        ? ({ ...e, state: { ready: false, phase: 'Succeeded' } } as JournalEvent)
        : e;
    finds(gone().edited(succeeded), {}, 'holds', 'evicted');
  });

  it('holds for the hog, when that was to go first', () => {
    finds(realNodes().with(pressed('hog', 'second')).view(), { of: 'hog', phase: 'second' }, 'holds', HOG);
  });

  it('can ask for a budget that forbade it', () => {
    finds(gone().view(), { despiteBudget: true }, 'holds', 'though its disruption budget allowed none');
    finds(
      realNodes().with(pressed('gatekeeper')).view(),
      { despiteBudget: true },
      'inconclusive',
      'no disruption budget',
    );
    const lax = gone().edited((e) =>
      e.type === 'mark' && e.name === 'budget.seen' ? { ...e, data: { disruptionsAllowed: 1 } } : e,
    );
    finds(lax, { despiteBudget: true }, 'inconclusive', 'no disruption budget');
  });

  it('is violated when somebody else went, first or alone', () => {
    finds(realNodes().with(pressed('hog')).view(), {}, 'violated', 'scratch-hog-1 was evicted instead');
    const both = (j: JournalBuilder) =>
      j.event('Evicted', `Pod/encoding/${HOG}`, 'low', 1, 'other').with(pressed('gatekeeper'));
    const first = realNodes().phase('pressure');
    first.entry({ type: 'fault', op: 'injected', fault: 'node-pressure', describe: '' }).with(both);
    finds(first.view(), {}, 'violated', 'scratch-hog-1 was evicted before');
  });

  it('is violated when nobody went, or not by the kubelet’s doing', () => {
    finds(gone().without(isEvicted), {}, 'violated', 'no gatekeeper pod was evicted');
    finds(gone().edited(said({ reason: 'Preempted' })), {}, 'violated', 'preempted by the scheduler');
    finds(gone().edited(said({ source: 'taint-eviction-controller' })), {}, 'violated', 'not by a kubelet');
    const asked = realNodes().request('platform-admin', 'drain', `Pod/kyverno/${FIRST}`, 200, { verb: 'evict' });
    finds(asked.with(pressed('gatekeeper')).view(), {}, 'violated', 'because platform-admin asked for it');
  });

  it('is inconclusive without the pod’s status, the node’s condition, or sight', () => {
    finds(
      gone().without((e) => e.type === 'object' && 'reason' in e.state && e.kind === 'Pod'),
      {},
      'inconclusive',
      'status of',
    );
    finds(gone().without(isPressure), {}, 'inconclusive', 'short of memory');
    const unseen = realNodes().with(pressed('gatekeeper')).entry({ type: 'watch', kind: 'Event', op: 'gap' });
    finds(unseen.without(isEvicted), {}, 'violated', 'no gatekeeper pod');
    finds(gone().blindAt('Event', isPressure), {}, 'holds', 'evicted');
    const blind = realNodes().entry({ type: 'watch', kind: 'Event', op: 'gap' }).with(pressed('gatekeeper'));
    finds(blind.without(isEvicted), {}, 'inconclusive', 'the Event watch was blind');
    finds(realNodes().view(), {}, 'inconclusive', 'never reached "pressure"');
    finds(realNodes().phase('pressure').phaseEnded('pressure', false, 'no room').view(), {}, 'inconclusive', 'no room');
  });

  it('is the word "showKubeletEviction"', () => {
    expect(() =>
      expect(gone().view()).to.showKubeletEviction({ of: 'gatekeeper', despiteBudget: true }),
    ).not.to.throw();
  });
});
