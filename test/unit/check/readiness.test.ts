import { expect } from 'chai';
import { deadlockChain } from '../../../harness/check/deadlock-chain.ts';
import { noSelfHealing } from '../../../harness/check/no-self-healing.ts';
import { outcome } from '../../../harness/check/outcome.ts';
import { preemption } from '../../../harness/check/preemption.ts';
import { gatekeeperServices, lowest, outageSeconds, readiness, serviceRef } from '../../../harness/check/readiness.ts';
import { refusedByDeadWebhook } from '../../../harness/check/refusals.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal, REFUSED } from '../../fixtures/journals/a-journal.ts';
import { deadlocked, FIRST, fannedOut, held, incident, preempted, steady } from '../../fixtures/journals/incident.ts';

const noSlices = (e: JournalEvent) => e.type === 'object' && e.kind === 'EndpointSlice';
const gatekeeper = (e: JournalEvent) => noSlices(e) || (e.type === 'object' && e.ns === 'kyverno');

describe('readiness', () => {
  it('writes a Service one way, however it is told', () => {
    for (const said of [
      'kyverno/kyverno-svc',
      'kyverno/kyverno-svc:443/validate',
      'kyverno/kyverno-svc/validate/fail',
    ]) {
      expect(serviceRef(said)).to.equal('kyverno/kyverno-svc');
    }
    expect(serviceRef('kyverno-svc', 'kyverno')).to.equal('kyverno/kyverno-svc');
  });

  it('looks only at Services behind fail-closed webhooks on pods', () => {
    const journal = aJournal().with(steady);
    expect([...gatekeeperServices(journal.view())]).to.deep.equal(['kyverno/kyverno-svc']);
    const said = (words: object) =>
      journal.edited((e) =>
        e.type === 'object' && 'webhooks' in e.state
          ? { ...e, state: { webhooks: e.state.webhooks.map((w) => ({ ...w, ...words })) } }
          : e,
      );
    expect([...gatekeeperServices(said({ failurePolicy: 'Ignore' }))]).to.deep.equal([]);
    expect([...gatekeeperServices(said({ rules: ['* clusterpolicies,policies'] }))]).to.deep.equal([]);
    expect([...gatekeeperServices(said({ rules: ['CREATE *'] }))]).to.deep.equal(['kyverno/kyverno-svc']);
  });

  it('takes pods where no endpoints were seen, and does not count one that is on its way out', () => {
    const view = aJournal().run().synced().with(steady).pod('modified', FIRST, { deleting: true }).without(noSlices);
    const { source, steps } = readiness(view, 2, view.end);
    expect(source).to.equal('Pod');
    expect(steps.map((s) => s.ready)).to.deep.equal([1, 0]);
  });

  it('counts seconds without a ready replica, from the first time that there was one', () => {
    const steps = [0, 1, 0, 2, 0].map((ready, i) => ({ seq: i + 1, t: i * 10, ready }));
    expect(outageSeconds(steps, 45)).to.equal(15);
    expect(lowest(steps, 12, 18)).to.include({ ready: 1 });
    expect(lowest(steps, 12, 20)).to.include({ ready: 0 });
  });

  it('does not take the safeguards’ own rollout for the fall', () => {
    const journal = aJournal().run().synced().with(steady).mark('trigger.injected').after(20).mark('trigger.removed');
    expect(outcome(journal.phase('safeguards').endpoints(0).endpoints(3).view())).to.equal('stood');
  });
});

describe('what only looks like the deadlock', () => {
  it('is no preemption when nothing was ready before the trigger', () => {
    const view = aJournal().run().synced().with(steady).endpoints(0).with(preempted).view();
    expect(preemption(view).because).to.contain('even before the trigger');
    expect(preemption(view)).to.include({ verdict: 'inconclusive' });
  });

  it('is no chain when the Service has an endpoint again', () => {
    const view = aJournal()
      .run()
      .synced()
      .with(steady, fannedOut(4), preempted, deadlocked)
      .endpoints(1)
      .with(held(50))
      .view();
    expect(deadlockChain(view).because).to.contain('had 1 ready endpoints');
    expect(deadlockChain(view)).to.include({ verdict: 'violated' });
  });

  it('is no hold when the gatekeeper was never seen at all, or the trigger went only after it began', () => {
    expect(noSelfHealing(incident().cutAt((e) => e.type === 'phase.ended' && e.phase === 'deadlock'))).to.include({
      verdict: 'holds',
    });
    const never = aJournal()
      .run()
      .synced()
      .with(steady, fannedOut(4), preempted, deadlocked, held(50))
      .without(gatekeeper);
    expect(noSelfHealing(never).because).to.contain('never seen to go down');
    const late = aJournal()
      .run()
      .synced()
      .with(steady, preempted)
      .mark('hold.started')
      .mark('trigger.removed')
      .probe('good', 'webhook-down');
    expect(noSelfHealing(late.after(50).mark('hold.ended').view()).because).to.contain('trigger was still in place');
  });

  it('is no refusal by a dead webhook unless the API server says 5xx and names the webhook', () => {
    expect(refusedByDeadWebhook({ code: 500, message: REFUSED })).to.equal(true);
    expect(refusedByDeadWebhook({ code: 400, message: REFUSED })).to.equal(false);
    expect(refusedByDeadWebhook({ code: 500, message: 'etcdserver: request timed out' })).to.equal(false);
  });
});
