import { expect } from 'chai';
import { deletesRefused } from '../../../harness/check/deletes-refused.ts';
import { noSelfHealing } from '../../../harness/check/no-self-healing.ts';
import { recoveryNeedsAdmin } from '../../../harness/check/recovery-needs-admin.ts';
import { steadyState } from '../../../harness/check/steady-state.ts';
import { unwinding } from '../../../harness/check/unwinding.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import {
  deadlocked,
  fannedOut,
  held,
  incident,
  preempted,
  SECOND,
  starved,
  steady,
} from '../../fixtures/journals/incident.ts';

const request = (intent: string) => (e: JournalEvent) => e.type === 'request' && e.intent === intent;
const mark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const by = (actor: string) => (e: JournalEvent) =>
  e.type === 'request' && e.intent === 'delete-rules' && e.actor === actor;
const coded = (which: (e: JournalEvent) => boolean, code: number) =>
  incident().edited((e) => (e.type === 'request' && which(e) ? { ...e, code, message: '', reason: '' } : e));
const fallen = () => aJournal().run().synced().with(steady, fannedOut(4), preempted, deadlocked);

describe('steadyState', () => {
  const ends = (bad: 'admitted' | 'refused' | 'webhook-down' | 'error', good: 'admitted' | 'refused', ok = true) =>
    steadyState(
      aJournal()
        .phase('steady-state')
        .probe('violating', bad)
        .probe('good', good)
        .phaseEnded('steady-state', ok)
        .view(),
    );

  it('holds when policy refused a violating pod and admitted a good one', () => {
    expect(ends('refused', 'admitted')).to.include({ verdict: 'holds' });
  });

  it('is violated when the gate was open, shut to all, or dead', () => {
    expect(ends('admitted', 'admitted').because).to.contain('admitted a violating pod');
    expect(ends('refused', 'refused').because).to.contain('refused a good pod');
    expect(ends('webhook-down', 'admitted').because).to.contain('did not answer');
  });

  it('is inconclusive without a verdict of a probe, without probes, without the phase, or when the phase failed', () => {
    expect(ends('error', 'admitted')).to.include({ verdict: 'inconclusive' });
    expect(ends('refused', 'admitted', false)).to.include({ verdict: 'inconclusive' });
    expect(steadyState(aJournal().phase('steady-state').view())).to.include({ verdict: 'inconclusive' });
    expect(steadyState(aJournal().probe('violating', 'refused').view())).to.include({ verdict: 'inconclusive' });
  });
});

describe('deletesRefused', () => {
  it('holds when a pod and a Job could not be deleted, and counts the refusals', () => {
    expect(deletesRefused(incident().view())).to.include({ verdict: 'holds', measured: 2 });
  });

  it('is violated when a delete got through', () => {
    expect(deletesRefused(coded(request('delete-job'), 200))).to.include({ verdict: 'violated' });
  });

  it('is inconclusive when a delete was refused for another reason, got no answer or was never tried', () => {
    for (const code of [403, 0])
      expect(deletesRefused(coded(request('delete-pod'), code))).to.include({ verdict: 'inconclusive' });
    expect(deletesRefused(incident().without(request('delete-job')))).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when a living webhook denied it', () => {
    const view = incident().edited((e) =>
      e.type === 'request' && e.intent === 'delete-pod'
        ? { ...e, code: 400, message: 'admission webhook "x" denied the request' }
        : e,
    );
    expect(deletesRefused(view)).to.include({ verdict: 'violated' });
  });
});

describe('noSelfHealing', () => {
  it('holds when nothing came back for as long as asked', () => {
    expect(noSelfHealing(fallen().with(held(50)).view())).to.include({ verdict: 'holds', limit: 45, measured: 50.3 });
  });

  it('is inconclusive for half a hold, and for one that was cut off', () => {
    expect(noSelfHealing(fallen().with(held(20)).view()).because).to.contain('20.3 s only');
    const cut = fallen().with(held(60)).cutAt(mark('hold.ended'));
    expect(noSelfHealing(cut)).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when a gatekeeper pod became ready, and says when', () => {
    const ready = { ns: 'kyverno', role: 'gatekeeper', ready: true };
    const view = fallen()
      .mark('hold.started')
      .after(30)
      .pod('added', SECOND, ready)
      .after(30)
      .mark('hold.ended')
      .view();
    const finding = noSelfHealing(view);
    expect(finding).to.include({ verdict: 'violated' });
    expect(finding.because).to.match(/healed by itself 30\.\d s after/);
  });

  it('is violated when a pod was admitted, or a policy answered', () => {
    for (const answer of ['admitted', 'refused'] as const) {
      const view = fallen().mark('hold.started').after(30).probe('good', answer).after(30).mark('hold.ended').view();
      expect(noSelfHealing(view), answer).to.include({ verdict: 'violated' });
    }
  });

  it('is violated by healing even when the hold was cut off', () => {
    const view = fallen().mark('hold.started').after(5).endpoints(1).view();
    expect(noSelfHealing(view)).to.include({ verdict: 'violated' });
  });

  it('is inconclusive when nobody asked for a pod, the watch was blind, or the trigger was still there', () => {
    expect(noSelfHealing(fallen().mark('hold.started').after(50).mark('hold.ended').view()).because).to.contain(
      'nobody asked',
    );
    const blind = fallen().with(held(50)).blindAt('Pod', mark('hold.ended'), 5);
    expect(noSelfHealing(blind).because).to.contain('the Pod watch was blind');
    expect(noSelfHealing(incident().without(mark('trigger.removed')))).to.include({ verdict: 'inconclusive' });
  });

  it('expects healing where told to: starvation heals, self-admission does not', () => {
    expect(noSelfHealing(starved().view(), { expect: 'heals' })).to.include({ verdict: 'holds', measured: 6.4 });
    expect(noSelfHealing(starved().view())).to.include({ verdict: 'violated' });
    expect(noSelfHealing(fallen().with(held(50)).view(), { expect: 'heals' })).to.include({ verdict: 'violated' });
    expect(noSelfHealing(fallen().with(held(20)).view(), { expect: 'heals' })).to.include({ verdict: 'inconclusive' });
    expect(noSelfHealing(starved().view(), { expect: 'heals', forSeconds: 3 }).because).to.contain('late');
  });

  it('takes endpoints that were out of sight for no sign of life, and a gatekeeper that never went for no healing', () => {
    const lost = aJournal().run().synced().webhooks('listed', 'w1').endpoints(1);
    lost.pod('listed', 'kyverno-a', { ns: 'kyverno', role: 'gatekeeper', ready: true, phase: 'Running' });
    lost.after(40).entry({ type: 'watch', kind: 'EndpointSlice', op: 'gap' });
    lost.after(6).pod('deleted', 'kyverno-a').after(54).mark('trigger.removed').mark('hold.started');
    for (let i = 0; i < 50; i++) lost.after(1).probe('good', 'webhook-down').probe('violating', 'webhook-down');
    const view = lost.mark('hold.ended').view();
    expect(noSelfHealing(view, { expect: 'heals' })).to.include({ verdict: 'violated' });
    expect(noSelfHealing(view)).to.include({ verdict: 'holds' });
    const stood = aJournal().run().synced().webhooks('listed', 'w1').endpoints(1).after(20).mark('trigger.removed');
    const never = stood.mark('hold.started').after(50).mark('hold.ended').view();
    expect(noSelfHealing(never, { expect: 'heals' })).to.include({ verdict: 'inconclusive' });
  });
});

describe('recoveryNeedsAdmin', () => {
  it('holds when on-call got 403 and the admin succeeded after', () => {
    expect(recoveryNeedsAdmin(incident().view())).to.include({ verdict: 'holds' });
  });

  it('is violated when on-call could do it alone, or the admin could not either', () => {
    expect(recoveryNeedsAdmin(coded(by('infra-oncall'), 200))).to.include({ verdict: 'violated' });
    expect(recoveryNeedsAdmin(coded(by('platform-admin'), 403))).to.include({ verdict: 'violated' });
  });

  it('does not mind a 404 for rules that were never there', () => {
    const journal = incident().request('platform-admin', 'delete-rules', 'MutatingWebhookConfiguration/x', 404);
    expect(recoveryNeedsAdmin(journal.view())).to.include({ verdict: 'holds' });
  });

  it('is violated in the wrong order', () => {
    const events = incident().events();
    const [refused, done] = [events.find(by('infra-oncall'))!, events.find(by('platform-admin'))!];
    const swap = (e: JournalEvent) => {
      if (e === refused) return { ...done, seq: e.seq, t: e.t };
      return e === done ? { ...refused, seq: e.seq, t: e.t } : e;
    };
    expect(recoveryNeedsAdmin(incident().edited((e) => swap(events[e.seq - 1]!)))).to.include({ verdict: 'violated' });
  });

  it('is inconclusive when the 403 is missing, was something else, or nobody with rights tried', () => {
    expect(recoveryNeedsAdmin(incident().without(by('infra-oncall')))).to.include({ verdict: 'inconclusive' });
    expect(recoveryNeedsAdmin(coded(by('infra-oncall'), 0))).to.include({ verdict: 'inconclusive' });
    expect(recoveryNeedsAdmin(incident().without(by('platform-admin')))).to.include({ verdict: 'inconclusive' });
  });
});

describe('unwinding', () => {
  it('holds with every step in order, in seconds since the rules were deleted', () => {
    const finding = unwinding(incident().view());
    expect(finding).to.include({ verdict: 'holds', measured: 4.6, limit: 180 });
    expect(finding.because).to.equal(
      'first pod admitted 0.4 s, gatekeeper pod created 0.6 s, gatekeeper process started 0.8 s, gatekeeper ready 3.2 s, webhooks registered again 3.4 s, gate enforcing 4.6 s',
    );
  });

  it('is violated when it took longer than allowed', () => {
    expect(unwinding(incident().view(), { withinSeconds: 4 })).to.include({ verdict: 'violated' });
  });

  it('is violated when the gate was not back in time, inconclusive when nobody waited for it', () => {
    const open = incident().without(mark('gate.enforcing'));
    expect(unwinding(open, { withinSeconds: 10 })).to.include({ verdict: 'violated' });
    expect(unwinding(open, { withinSeconds: 1000 })).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when the gate was said to enforce before its pod was ready', () => {
    const journal = aJournal().run().synced().with(steady).mark('rules.deleted').webhooks('deleted', 'webhooks-1');
    const pod = { ns: 'kyverno', role: 'gatekeeper' };
    const view = journal
      .pod('added', SECOND, pod)
      .process('started', SECOND)
      .mark('gate.enforcing')
      .after(2)
      .pod('modified', SECOND, { ready: true })
      .view();
    expect(unwinding(view).because).to.contain('"gate enforcing" came before "gatekeeper ready"');
  });

  it('counts from the first deletion, not from the mark that follows the last one', () => {
    const slow = incident().edited((e) =>
      by('platform-admin')(e) && e.type === 'request' ? { ...e, seconds: 0.5 } : e,
    );
    expect(unwinding(slow)).to.include({ measured: 5 });
  });

  it('does not take lines for swapped that two observers wrote within a second', () => {
    const started = (e: JournalEvent) => e.type === 'process' && e.op === 'started' && e.pod.includes(SECOND);
    const early = (by: number) => incident().edited((e) => (started(e) ? { ...e, t: e.t - by } : e));
    const events = incident().events();
    const made = events.find((e) => e.type === 'object' && e.name === SECOND)!;
    const begun = events.find(started)!;
    expect(unwinding(early(begun.t - made.t + 0.1))).to.include({ verdict: 'holds' });
  });

  it('does not ask for the start of a process where none is ever journalled', () => {
    const view = incident().without((e) => e.type === 'process');
    expect(unwinding(view)).to.include({ verdict: 'holds' });
  });

  it('is inconclusive when a step was not seen, or a watch was blind', () => {
    const started = incident().without((e) => e.type === 'process' && e.op === 'started');
    expect(unwinding(started).because).to.contain('"gatekeeper process started" was not seen');
    const blind = incident().blindAt('Pod', mark('gate.enforcing'));
    expect(unwinding(blind)).to.include({ verdict: 'inconclusive' });
  });
});
