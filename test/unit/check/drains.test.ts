import { drainBlocked } from '../../../harness/check/drain-blocked.ts';
import { drainEviction } from '../../../harness/check/drain-eviction.ts';
import { drainPassed } from '../../../harness/check/drain-passed.ts';
import { expect } from '../../../harness/check/expect.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { FIRST, SECOND } from '../../fixtures/journals/incident.ts';
import { blocked, cordoned, drainedAway, passed, realNodes } from '../../fixtures/journals/node-incidents.ts';

const says = (finding: Finding, verdict: string, because: string) => {
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict });
  return finding;
};
const isMark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const isRequest = (intent: string) => (e: JournalEvent) => e.type === 'request' && e.intent === intent;
const isCordoned = (e: JournalEvent) => e.type === 'object' && 'unschedulable' in e.state && e.state.unschedulable;

describe('drainEviction', () => {
  const away = () => realNodes().with(drainedAway);

  it('holds when the eviction API let the only replica go', () => {
    const finding = says(drainEviction(away().view()), 'holds', `let Pod/kyverno/${FIRST} go`);
    expect(finding).to.include({ unit: 's' });
    expect(finding.evidence).to.have.length(4);
  });

  it('is violated when a budget refused it, it stayed, or another replica was ready', () => {
    says(drainEviction(realNodes().with(blocked(30)).view()), 'violated', 'the eviction was refused');
    says(drainEviction(realNodes().with(passed).view()), 'violated', 'another gatekeeper replica stayed ready');
    const stayed = away().without((e) => e.type === 'object' && 'deleting' in e.state && e.state.deleting === true);
    says(drainEviction(stayed), 'violated', 'stayed');
    const preempted = realNodes().with(cordoned).event('Preempted', `Pod/kyverno/${FIRST}`, 'by pod x');
    preempted.request('platform-admin', 'drain', `Pod/kyverno/${FIRST}`, 200, { verb: 'evict' });
    preempted.pod('modified', FIRST, { deleting: true }).endpoints(0).phaseEnded('drain');
    says(drainEviction(preempted.view()), 'violated', 'was preempted too');
  });

  it('is inconclusive when the gatekeeper was away before', () => {
    const before = realNodes().endpoints(0).after(1).with(drainedAway);
    says(drainEviction(before.view()), 'inconclusive', 'no replica was ready before the drain');
  });

  it('is inconclusive when nobody drained, nobody asked, or nobody saw', () => {
    says(drainEviction(realNodes().view()), 'inconclusive', 'never reached "drain"');
    says(drainEviction(away().without(isRequest('drain'))), 'inconclusive', 'nobody asked');
    const blind = realNodes()
      .entry({ type: 'watch', kind: 'EndpointSlice', op: 'gap' })
      .entry({ type: 'watch', kind: 'Pod', op: 'gap' });
    const from = blind.now;
    const unseen = blind.with(drainedAway).without((e) => e.type === 'object' && e.kind !== 'Node' && e.t >= from);
    says(drainEviction(unseen), 'inconclusive', 'the Pod watch was blind');
  });
});

describe('drainBlocked', () => {
  const held = () => realNodes().with(blocked(30));

  it('holds when every eviction was refused for as long as it was tried, and the node was given back', () => {
    const finding = says(drainBlocked(held().view(), { forSeconds: 20 }), 'holds', 'refused 2 times');
    expect(finding).to.include({ limit: 20, unit: 's' });
    expect(finding.measured).to.be.within(30, 31);
    expect(finding.because).to.contain('disruption budget');
  });

  it('is violated when the gatekeeper was evicted, or went all the same', () => {
    says(drainBlocked(realNodes().with(drainedAway).view()), 'violated', 'was evicted: no budget held it');
    const went = realNodes()
      .with(blocked(30))
      .edited((e) =>
        isMark('drain.given-up')(e)
          ? ({
              ...e,
              type: 'object',
              op: 'modified',
              kind: 'Pod',
              ns: 'kyverno',
              name: FIRST,
              uid: `Pod-${FIRST}`,
              state: { role: 'gatekeeper', deleting: true },
            } as unknown as JournalEvent)
          : e,
      );
    says(drainBlocked(went), 'violated', 'went away all the same');
  });

  it('is inconclusive when it was tried too briefly, once, for another reason, or unseen, or never given back', () => {
    says(drainBlocked(realNodes().with(blocked(5)).view()), 'inconclusive', 'only, 20.0 s are asked');
    says(drainBlocked(realNodes().view()), 'inconclusive', 'never reached "drain"');
    says(drainBlocked(realNodes().with(cordoned).view()), 'inconclusive', 'nobody asked for it');
    const broken = held().edited((e) =>
      isRequest('drain')(e) ? ({ ...e, code: 500, reason: 'Oops' } as JournalEvent) : e,
    );
    says(drainBlocked(broken), 'inconclusive', '500 Oops');
    says(drainBlocked(held().without(isCordoned)), 'inconclusive', 'never seen to be cordoned');
    says(drainBlocked(held().without(isRequest('uncordon'))), 'inconclusive', 'not uncordoned');
    says(drainBlocked(held().blindAt('Pod', isMark('drain.given-up'))), 'inconclusive', 'the Pod watch');
  });
});

describe('drainPassed', () => {
  const done = () => realNodes().with(passed);

  it('holds when the node was empty in the end, and tells how often the budget held it', () => {
    const finding = says(drainPassed(done().view()), 'holds', 'after the budget had held 1 eviction back');
    expect(finding).to.include({ limit: 180, unit: 's' });
  });

  it('is violated when it took too long, was held back for good, or a pod never left', () => {
    says(drainPassed(done().view(), { withinSeconds: 2 }), 'violated', 'the drain took');
    says(drainPassed(realNodes().with(blocked(30)).view()), 'violated', 'was never drained');
    const stayed = done().without((e) => e.type === 'object' && e.kind === 'Pod' && e.name === FIRST && e.t > 4);
    says(drainPassed(stayed), 'violated', 'was never seen to leave');
  });

  it('is inconclusive when nothing was drained, or nobody saw', () => {
    says(drainPassed(realNodes().view()), 'inconclusive', 'never reached "drain"');
    says(drainPassed(done().without(isRequest('drain'))), 'inconclusive', 'no gatekeeper pod was on Node/n1');
    says(drainPassed(done().without(isCordoned)), 'inconclusive', 'never seen to be cordoned');
    says(drainPassed(done().blindAt('Node', isMark('drain.passed'))), 'inconclusive', 'the Node watch');
    const cut = done().without((e) => isMark('drain.passed')(e) || (e.type === 'request' && e.code === 429));
    says(drainPassed(cut), 'inconclusive', 'never reached "drain.passed"');
  });

  it('has words for all of them', () => {
    expect(done().view()).to.passTheDrain();
    expect(realNodes().with(blocked(30)).view()).to.blockTheDrain({ forSeconds: 20 });
    expect(realNodes().with(drainedAway).view()).to.showDrainEviction();
    expect([...done().view().pods()].map((p) => p.name)).to.include(SECOND);
  });
});
