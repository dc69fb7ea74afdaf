import { expect } from 'chai';
import { chain, deadlockChain } from '../../../harness/check/deadlock-chain.ts';
import { preemption } from '../../../harness/check/preemption.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal, REFUSED, REPLICA_SET, WEBHOOK } from '../../fixtures/journals/a-journal.ts';
import {
  AGENT,
  deadlocked,
  FIRST,
  fannedOut,
  held,
  incident,
  SECOND,
  starved,
  steady,
} from '../../fixtures/journals/incident.ts';

const CONTROLLER = `ReplicaSet/kyverno/${REPLICA_SET}`;
const CONFIG = `ValidatingWebhookConfiguration/kyverno-resource-validating-webhook-cfg#${WEBHOOK}`;
const about = (kind: string) => (e: JournalEvent) => e.type === 'object' && e.kind === kind;
const fromEvent = (e: JournalEvent) =>
  e.type === 'object' && 'regarding' in e.state && e.state.regarding === CONTROLLER;
const webhookSaid = (words: object) => (e: JournalEvent) =>
  e.type === 'object' && 'webhooks' in e.state
    ? { ...e, state: { webhooks: e.state.webhooks.map((w) => ({ ...w, ...words })) } }
    : e;

describe('deadlockChain', () => {
  it('names the loop of self-admission, object by object, and closes it', () => {
    const view = incident().view();
    expect(chain(view).map((l) => [l.from, l.to])).to.deep.equal([
      [CONTROLLER, CONFIG],
      [CONFIG, 'Service/kyverno/kyverno-svc'],
      ['Service/kyverno/kyverno-svc', CONTROLLER],
    ]);
    for (const link of chain(view)) expect(link.evidence, link.from).not.to.have.length(0);
    expect(deadlockChain(view)).to.include({ verdict: 'holds', measured: 3 });
  });

  it('takes the Deployment’s condition when no FailedCreate event came', () => {
    const view = incident().without(fromEvent);
    expect(chain(view)[0]!.from).to.equal('Deployment/kyverno/kyverno-admission-controller');
    expect(deadlockChain(view)).to.include({ verdict: 'holds' });
  });

  it('is violated when the controller was not refused, inconclusive when nobody looked', () => {
    const lost = (e: JournalEvent) => fromEvent(e) || about('Deployment')(e);
    expect(deadlockChain(incident().without(lost))).to.include({ verdict: 'violated' });
    const blind = (e: JournalEvent) => lost(e) || (e.type === 'watch' && e.kind === 'Event');
    expect(deadlockChain(incident().without(blind))).to.include({ verdict: 'inconclusive' });
  });

  it('does not take another controller’s refusal for the gatekeeper’s', () => {
    const view = incident().edited((e) =>
      fromEvent(e) && e.type === 'object' && 'regarding' in e.state
        ? { ...e, state: { ...e.state, regarding: 'ReplicaSet/kyverno/other' } }
        : e,
    );
    expect(chain(view)[0]!.from).to.match(/^Deployment/);
  });

  it('holds without a preemption too: that is for another check to say', () => {
    const view = aJournal()
      .run()
      .synced()
      .with(steady, fannedOut(4))
      .mark('trigger.injected')
      .request('harness', 'delete-pod', `Pod/kyverno/${FIRST}`, 200)
      .pod('deleted', FIRST)
      .endpoints(0)
      .with(deadlocked, held(50))
      .view();
    expect(deadlockChain(view)).to.include({ verdict: 'holds' });
    expect(preemption(view)).to.include({ verdict: 'violated' });
  });

  it('is violated when the webhook fails open', () => {
    const finding = deadlockChain(incident().edited(webhookSaid({ failurePolicy: 'Ignore' })));
    expect(finding).to.include({ verdict: 'violated' });
  });

  it('is violated when the webhook leaves the gatekeeper’s namespace out', () => {
    const finding = deadlockChain(incident().edited(webhookSaid({ excludedNamespaces: ['kyverno'] })));
    expect(finding.because).to.contain('excludes the namespace kyverno');
  });

  it('is violated when the Service had a ready endpoint', () => {
    const view = aJournal()
      .run()
      .synced()
      .with(steady, fannedOut(4))
      .mark('trigger.injected')
      .with(deadlocked, held(50))
      .view();
    expect(deadlockChain(view)).to.include({ verdict: 'violated' });
  });

  it('is violated when the replacement had been made: that is starvation', () => {
    const journal = aJournal()
      .run()
      .synced()
      .with(steady, fannedOut(4))
      .mark('trigger.injected')
      .pod('deleted', FIRST)
      .endpoints(0);
    const view = journal.pod('added', SECOND, { ns: 'kyverno', role: 'gatekeeper' }).with(deadlocked, held(50)).view();
    expect(deadlockChain(view).because).to.contain('had been made, so its creation was not refused');
  });

  it('names the chain of starvation up to the pod that outranks the gatekeeper', () => {
    const view = starved().view();
    const path = [chain(view)[0]!.from, ...chain(view).map((l) => l.to)];
    expect(path).to.deep.equal([
      'Job/default/encode',
      CONFIG,
      'Service/kyverno/kyverno-svc',
      `Pod/kyverno/${SECOND}`,
      `Pod/default/${AGENT}`,
    ]);
    expect(deadlockChain(view)).to.include({ verdict: 'holds', measured: 4 });
  });

  it('is violated when nothing outranks the waiting gatekeeper', () => {
    const view = starved().edited((e) =>
      e.type === 'object' && e.name === AGENT && 'priority' in e.state
        ? { ...e, state: { ...e.state, priority: 0 } }
        : e,
    );
    expect(deadlockChain(view).because).to.contain('nothing that outranks');
  });

  it('is inconclusive when nobody’s pods were tried under starvation', () => {
    const view = starved().without(
      (e) => e.type === 'probe' || (about('Event')(e) && JSON.stringify(e).includes(REFUSED.slice(0, 20))),
    );
    expect(deadlockChain(view)).to.include({ verdict: 'inconclusive' });
  });

  for (const kind of ['Pod', 'EndpointSlice'] as const) {
    it(`is inconclusive when the ${kind} watch was blind in the outage`, () => {
      const view = incident().blindAt(kind, (e) => e.type === 'mark' && e.name === 'hold.started');
      expect(deadlockChain(view)).to.include({ verdict: 'inconclusive' });
    });
  }

  it('is inconclusive before the deadlock phase', () => {
    const view = incident().cutAt((e) => e.type === 'phase.started' && e.phase === 'deadlock');
    expect(deadlockChain(view)).to.include({ verdict: 'inconclusive' });
  });

  it('is violated for a profile whose webhooks fail open', () => {
    expect(deadlockChain(aJournal().run('none').view())).to.include({ verdict: 'violated' });
    expect(deadlockChain(aJournal().run('bootstrap').view())).to.include({ verdict: 'inconclusive' });
  });
});
