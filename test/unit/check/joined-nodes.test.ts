import { AssertionError } from 'chai';
import { InconclusiveError } from '../../../harness/check/collect.ts';
import { expect } from '../../../harness/check/expect.ts';
import type { JournalView } from '../../../harness/check/journal-view.ts';
import { nodeBecomesReady } from '../../../harness/check/node-becomes-ready.ts';
import { nodeKeptOut } from '../../../harness/check/node-kept-out.ts';
import { nodeStaysNotReady } from '../../../harness/check/node-stays-not-ready.ts';
import type { JournalEvent, WatchedKind } from '../../../harness/journal/events.ts';
import { REFUSED } from '../../fixtures/journals/a-journal.ts';
import {
  bootstrap,
  gateDown,
  joining,
  keptOut,
  LATE,
  realNodes,
  registered,
  rulesDeleted,
  setUp,
  shutOut,
  waited,
} from '../../fixtures/journals/node-incidents.ts';

const isMark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const isObject = (kind: WatchedKind, name: string) => (e: JournalEvent) =>
  e.type === 'object' && e.kind === kind && e.name === name;
const READY = { ready: true, fake: false, unschedulable: false };
const late = { node: 'late' };

const violatedBy = (finding: { verdict: string; because: string }, because: string) => {
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict: 'violated' });
};
const inconclusiveFor = (finding: { verdict: string; because: string }, because: string) => {
  expect(finding.because).to.contain(because);
  expect(finding).to.include({ verdict: 'inconclusive' });
};

describe('nodeStaysNotReady', () => {
  const check = (view: JournalView, forSeconds = 30) => nodeStaysNotReady(view, { node: 'late', forSeconds });

  it('holds for a node that waited for its set-up pod until the rules were deleted, and says what it waited for', () => {
    const finding = check(bootstrap().view());
    expect(finding).to.include({ verdict: 'holds', limit: 30, unit: 's' });
    expect(finding.measured).to.be.within(35, 36);
    expect(finding.because).to.contain('KubeletNotReady, cni plugin not initialized');
    expect(finding.because).to.contain('DaemonSet/kube-system/node-setup has 2 of 3 pods');
    expect(finding.evidence.length).to.be.at.least(5);
  });

  it('takes the refusal in the controller’s words where the DaemonSet’s status lags', () => {
    const journal = realNodes().with(gateDown, joining, registered);
    journal.event('FailedCreate', 'DaemonSet/kube-system/node-setup', `Error creating: ${REFUSED}`);
    journal.with(waited(35), rulesDeleted, setUp);
    const lagging = journal.without((e) => e.type === 'object' && 'desired' in e.state && e.state.desired === 3);
    expect(check(lagging)).to.include({ verdict: 'holds' });
    expect(check(lagging).because).to.contain('its webhook does not answer');
  });

  it('is violated when the node was ready all the same, or never registered, or its set-up was let in', () => {
    const ready = realNodes().with(gateDown, joining, registered).object('Node', 'modified', LATE, READY);
    violatedBy(check(ready.with(waited(35), rulesDeleted).view()), 'was Ready');
    violatedBy(check(realNodes().with(gateDown, joining, waited(35), rulesDeleted).view()), 'never registered');
    const letIn = realNodes().with(gateDown, joining, registered);
    letIn.pod('added', 'node-setup-x', { ns: 'kube-system', owner: 'DaemonSet/node-setup', node: LATE });
    violatedBy(check(letIn.with(waited(35), rulesDeleted).view()), 'was let onto c1-late');
  });

  it('is inconclusive when nobody saw it, or it was not watched for long enough', () => {
    inconclusiveFor(
      check(bootstrap().blindAt('Node', isObject('CertificateSigningRequest', 'csr-1'))),
      'the Node watch',
    );
    inconclusiveFor(check(bootstrap().view(), 60), 'only, 60.0 s are asked');
    inconclusiveFor(check(bootstrap().cutAt(isMark('node.joining'))), 'never reached "node.joining"');
    inconclusiveFor(
      check(bootstrap().without((e) => e.type === 'object' && e.kind === 'CertificateSigningRequest')),
      'no certificate',
    );
    inconclusiveFor(check(bootstrap().without(isObject('DaemonSet', 'node-setup'))), 'nothing shows');
  });

  it('is inconclusive while a gatekeeper was there: then its absence is not why', () => {
    const up = realNodes().with(joining, registered, waited(35), rulesDeleted);
    inconclusiveFor(check(up.view()), 'a gatekeeper replica was ready meanwhile');
    const back = realNodes().with(gateDown, joining, registered).endpoints(1).with(waited(35), rulesDeleted);
    inconclusiveFor(check(back.view()), 'a gatekeeper replica was ready meanwhile');
  });
});

describe('nodeBecomesReady', () => {
  const check = (view: JournalView, withinSeconds = 60) => nodeBecomesReady(view, { node: 'late', withinSeconds });

  it('holds when the set-up pod came and the node was ready, and times both', () => {
    const finding = check(bootstrap().view());
    expect(finding).to.include({ verdict: 'holds', limit: 60, unit: 's' });
    expect(finding.measured).to.be.within(10, 11);
    expect(finding.because).to.match(
      /Pod\/kube-system\/node-setup-x came in 9\.\d s, and c1-late was Ready in 10\.\d s/,
    );
  });

  it('is violated when it came too late, not at all, before the rules were gone, or before its set-up', () => {
    violatedBy(check(bootstrap().view(), 5), 'took longer than allowed');
    const never = realNodes().with(gateDown, joining, registered, waited(35), rulesDeleted).after(70).mark('end');
    violatedBy(check(never.view()), 'was not Ready 7');
    const early = realNodes().with(gateDown, joining, registered).object('Node', 'modified', LATE, READY);
    violatedBy(check(early.with(waited(35), rulesDeleted).view()), 'before the rules were deleted');
    const swapped = realNodes().with(gateDown, joining, registered, waited(35), rulesDeleted);
    swapped.object('Node', 'modified', LATE, READY).with(setUp);
    violatedBy(check(swapped.view()), 'was Ready before Pod/kube-system/node-setup-x');
  });

  it('is inconclusive when nobody deleted the rules, nobody saw it, or it was cut off', () => {
    const held = realNodes().with(gateDown, joining, registered, waited(35));
    inconclusiveFor(check(held.view()), 'never reached "rules.deleted"');
    inconclusiveFor(check(bootstrap().without(isObject('Pod', 'node-setup-x'))), 'no set-up pod was seen');
    inconclusiveFor(check(bootstrap().blindAt('Node', isObject('Pod', 'node-setup-x'))), 'the Node watch');
    const cut = realNodes().with(gateDown, joining, registered, waited(35), rulesDeleted).after(5).mark('end');
    inconclusiveFor(check(cut.view()), 'was not Ready 5');
    inconclusiveFor(nodeBecomesReady(bootstrap().view(), { node: 'other' }), 'never reached "node.joining"');
  });
});

describe('nodeKeptOut', () => {
  const check = (view: JournalView, forSeconds = 30) => nodeKeptOut(view, { node: 'late', forSeconds });

  it('holds for a node that could not register, and names the webhook that its kubelet met', () => {
    const finding = check(keptOut().view());
    expect(finding).to.include({ verdict: 'holds', limit: 30, unit: 's' });
    expect(finding.because).to.contain('"validate.kyverno.svc-fail" cannot be called');
  });

  it('is violated when it registered', () => {
    violatedBy(check(bootstrap().view()), 'registered');
  });

  it('is inconclusive without its reason, with a gatekeeper there, when blind, or too short', () => {
    inconclusiveFor(check(keptOut().without(isMark('kubelet.refused'))), 'nothing says that a webhook was why');
    const other = keptOut().edited((e) =>
      isMark('kubelet.refused')(e)
        ? ({ ...e, data: { ...late, name: 'late', line: 'x509: unknown' } } as JournalEvent)
        : e,
    );
    inconclusiveFor(check(other), 'nothing says that a webhook was why');
    inconclusiveFor(check(realNodes().with(joining, shutOut, waited(35), rulesDeleted).view()), 'was ready meanwhile');
    inconclusiveFor(check(keptOut().blindAt('Node', isMark('kubelet.refused'))), 'the Node watch');
    inconclusiveFor(check(keptOut().view(), 60), 'only, 60.0 s are asked');
  });
});

describe('the words about joining nodes', () => {
  it('speak through chai', () => {
    expect(() => expect(bootstrap().view()).to.keepNodeNotReady({ node: 'late', forSeconds: 30 })).not.to.throw();
    expect(() => expect(bootstrap().view()).to.readyTheNode({ node: 'late' })).not.to.throw();
    expect(() => expect(keptOut().view()).to.keepNodeOut({ node: 'late' })).not.to.throw();
    expect(() => expect(bootstrap().view()).to.keepNodeOut({ node: 'late' })).to.throw(AssertionError, 'registered');
    expect(() => expect(bootstrap().view()).to.readyTheNode({ node: 'x' })).to.throw(InconclusiveError);
  });
});
