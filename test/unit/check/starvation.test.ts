import assert from 'node:assert/strict';
import { AssertionError } from 'chai';
import { InconclusiveError } from '../../../harness/check/collect.ts';
import { expect } from '../../../harness/check/expect.ts';
import { starvation } from '../../../harness/check/starvation.ts';
import type { JournalEvent, WatchedKind } from '../../../harness/journal/events.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { fannedOut, healed, incident, preempted, SECOND, starved, steady } from '../../fixtures/journals/incident.ts';

const ready = () => aJournal().run('starvation').synced().with(steady, fannedOut(4));
const fallen = () => ready().with(preempted).phase('deadlock');
const replaced = (j: JournalBuilder) =>
  j
    .pod('added', SECOND, { ns: 'kyverno', role: 'gatekeeper' })
    .pod('modified', SECOND, { reason: 'Unschedulable', message: 'No preemption victims found' });
/** The replacement waits this many seconds and more, then the trigger is withdrawn. */
const starving = (seconds: number) => fallen().with(replaced).after(seconds).mark('trigger.removed');

const blind = (kind: WatchedKind) => (j: JournalBuilder) => j.entry({ type: 'watch', kind, op: 'gap' });
const isMark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const isPod = (name: string) => (e: JournalEvent) => e.type === 'object' && e.kind === 'Pod' && e.name === name;
const seqOf = (j: JournalBuilder, where: (e: JournalEvent) => boolean) => {
  const found = j.events().find(where);
  assert(found !== undefined);
  return found.seq;
};
const emptied = (e: JournalEvent) =>
  e.type === 'object' && e.kind === 'EndpointSlice' && 'ready' in e.state && e.state.ready === 0;

describe('starvation', () => {
  it('holds for a replacement that waited until the trigger was withdrawn, and says for what', () => {
    const journal = starving(50);
    const finding = starvation(journal.view(), { forSeconds: 45 });
    // From the empty EndpointSlice to the mark: eight lines of a tenth of a second, and the 50 s between them.
    expect(finding).to.include({ verdict: 'holds', measured: 50.8, limit: 45, unit: 's' });
    expect(finding.because).to.equal(`for 50.8 s ${SECOND} waited for a node: No preemption victims found`);
    const waited = journal.events().find((e) => isPod(SECOND)(e) && e.type === 'object' && 'reason' in e.state);
    expect(finding.evidence).to.deep.equal([
      seqOf(journal, emptied),
      waited?.seq,
      seqOf(journal, isMark('trigger.removed')),
    ]);
  });

  it('holds whatever happens after the trigger is gone', () => {
    expect(starvation(starving(50).with(healed).view())).to.include({ verdict: 'holds' });
  });

  it('asks for 45 s unless told otherwise', () => {
    expect(starvation(starving(44).view())).to.include({ verdict: 'inconclusive', limit: 45 });
    expect(starvation(starving(45).view())).to.include({ verdict: 'holds', limit: 45 });
  });

  describe('is violated', () => {
    it('when the gatekeeper was ready again while the trigger was in place', () => {
      const journal = fallen().with(replaced).after(60).endpoints(1).after(10).mark('trigger.removed');
      const finding = starvation(journal.view(), { forSeconds: 45 });
      expect(finding).to.include({ verdict: 'violated', limit: 45 });
      expect(finding.because).to.equal('it was ready again 60.8 s later, with the trigger still in place');
    });

    it('when it was ready again in a run that never came to withdraw the trigger', () => {
      const view = fallen().with(replaced).after(5).endpoints(1).after(5).phaseEnded('deadlock').view();
      expect(starvation(view)).to.include({ verdict: 'violated' });
    });

    it('when it was never without a ready replica', () => {
      const journal = ready().phase('collision').mark('trigger.injected').after(60).mark('trigger.removed');
      expect(starvation(journal.view())).to.deep.equal({
        verdict: 'violated',
        because: 'the gatekeeper was never without a ready replica',
        evidence: [seqOf(journal, isMark('trigger.injected'))],
      });
    });
  });

  describe('is inconclusive', () => {
    const says = (view: ReturnType<JournalBuilder['view']>, because: string) => {
      const finding = starvation(view, { forSeconds: 45 });
      expect(finding).to.include({ verdict: 'inconclusive' });
      expect(finding.because).to.contain(because);
    };

    it('when the trigger was withdrawn too soon', () => {
      says(starving(10).view(), 'it starved for 10.8 s only, 45.0 s are asked');
      says(starved().view(), 'only, 45.0 s are asked');
    });

    it('when the trigger was never injected, with the reason of the phase that failed', () => {
      const view = ready().phase('collision').phaseEnded('collision', false, 'no node has room').view();
      says(view, 'the run never reached "trigger.injected" (collision: no node has room)');
    });

    it('when the run never came to withdraw the trigger', () => {
      const view = fallen().with(replaced).after(60).phaseEnded('deadlock', false, 'SIGINT').view();
      says(view, 'the run never reached "trigger.removed" (deadlock: SIGINT)');
    });

    it('when no replacement was seen waiting: refused ones do not starve', () => {
      says(incident().view(), 'no replacement was seen to wait for a node');
      says(fallen().after(60).mark('trigger.removed').view(), 'no replacement was seen to wait for a node');
    });

    it('when the replacement had a node, or waited only after the trigger was gone', () => {
      const placed = fallen().pod('added', SECOND, { ns: 'kyverno', role: 'gatekeeper', node: 'n1' });
      says(placed.after(60).mark('trigger.removed').view(), 'no replacement was seen');
      says(fallen().after(60).mark('trigger.removed').with(replaced).view(), 'no replacement was seen');
    });

    it('when the pod that waited was another one’s', () => {
      const view = fallen().pod('added', SECOND, { reason: 'Unschedulable' }).after(60).mark('trigger.removed').view();
      says(view, 'no replacement was seen');
    });

    it('when the pod that waited had been waiting long before the fall', () => {
      const waitingFor = (seconds: number) => {
        const journal = ready().with(replaced).after(seconds).with(preempted).phase('deadlock');
        return journal.after(60).mark('trigger.removed').view();
      };
      says(waitingFor(5), 'no replacement was seen');
      // The scheduler may be heard of before the endpoints: observers are up to a second apart.
      expect(starvation(waitingFor(0.1))).to.include({ verdict: 'holds' });
    });

    it('when nobody could see whether it fell', () => {
      const journal = ready().phase('collision').mark('trigger.injected').with(blind('EndpointSlice'), blind('Pod'));
      says(journal.after(60).mark('trigger.removed').view(), 'the Pod watch was blind');
    });

    it('when nobody watched it starve', () => {
      const journal = fallen().with(replaced, blind('EndpointSlice'), blind('Pod'));
      says(journal.after(50).mark('trigger.removed').view(), 'nobody watched it starve: the Pod watch was blind');
    });
  });

  it('looks at pods where the EndpointSlices were out of sight', () => {
    const journal = fallen().with(replaced, blind('EndpointSlice'));
    journal.after(20).pod('modified', SECOND, { ready: true }).after(30).mark('trigger.removed');
    expect(starvation(journal.view())).to.include({ verdict: 'violated' });
  });

  it('is the word "starve"', () => {
    const view = starving(50).view();
    expect(() => expect(view).to.starve({ forSeconds: 45 })).not.to.throw();
    expect(() => expect(view).to.starve({ forSeconds: 60 })).to.throw(InconclusiveError, '60.0 s are asked');
    const stood = ready().phase('collision').mark('trigger.injected').after(60).mark('trigger.removed').view();
    expect(() => expect(stood).to.starve()).to.throw(AssertionError, 'never without a ready replica');
  });
});
