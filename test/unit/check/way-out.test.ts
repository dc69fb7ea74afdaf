import { expect } from 'chai';
import { tallyQueue } from '../../../harness/check/encoding-queue.ts';
import { wayOutValues } from '../../../harness/check/rank-ways-out.ts';
import { countRefusals, refusals } from '../../../harness/check/refusals.ts';
import { startedFromDeadlock, wayOutMeasured, wayOutTaken } from '../../../harness/check/way-out.ts';
import type { DeadlockShape, JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal, type JournalBuilder, REFUSED } from '../../fixtures/journals/a-journal.ts';

const REFUSED_EVENT = {
  reason: 'FailedCreate',
  message: REFUSED,
  regarding: 'Job/encoding/e',
  source: 'job-controller',
  eventType: 'Warning',
};

const deadlocked = (journal: JournalBuilder) =>
  journal
    .run()
    .synced()
    .webhooks('listed', 'w1')
    .endpoints(0)
    .mark('cell.began')
    .probe('violating', 'webhook-down')
    .probe('good', 'webhook-down')
    .mark('deadlock.proven');

const taken =
  (path: string, poke = false) =>
  (journal: JournalBuilder) =>
    journal.mark('path.taken', { path, poke });
const answered = (by: string, ok: boolean, code: number) => (journal: JournalBuilder) =>
  journal.mark('path.answered', { by, ok, code, path: 'x' });
const ended = (waitedFor: string, seconds: number) => (journal: JournalBuilder) =>
  journal.mark('watch.ended', { waitedFor, seconds });

/** Two violating pods of falldown's own slip in, one of somebody else's, and a good one of somebody else's. */
const exposed = (journal: JournalBuilder) =>
  journal
    .exposed('admitted', 'slipped-1')
    .pod('added', 'theirs', { ns: 'elsewhere' })
    .pod('added', 'fine', { ns: 'elsewhere' })
    .after(1)
    .exposed('admitted', 'slipped-2');

const enforcing = (journal: JournalBuilder) =>
  journal
    .pod('added', 'kyverno-b', { role: 'gatekeeper', ns: 'kyverno' })
    .pod('modified', 'kyverno-b', { ready: true, phase: 'Running' })
    .endpoints(1)
    .after(1)
    .exposed('refused')
    .probe('good', 'admitted')
    .mark('gate.enforcing');

/** Somebody's pod comes when the gate is closed again: it was judged on its way in, and nobody audits it. */
const late = (journal: JournalBuilder) => journal.after(1).pod('added', 'latecomer', { ns: 'elsewhere' });

const audited = (journal: JournalBuilder) =>
  journal
    .probe('unknown', 'refused', { probe: 'audit', object: 'Pod/elsewhere/theirs' })
    .probe('unknown', 'admitted', { probe: 'audit', object: 'Pod/elsewhere/fine' });

const worked = () =>
  aJournal().with(
    deadlocked,
    taken('delete-rules'),
    (j) => j.request('infra-oncall', 'delete-rules', 'x', 403).request('platform-admin', 'delete-rules', 'x', 200),
    answered('platform-admin', true, 200),
    exposed,
    enforcing,
    audited,
    ended('', 0),
  );

describe('a way out', () => {
  it('that worked is measured: by whom, when, and what slipped in meanwhile', () => {
    const view = worked().view();
    expect(startedFromDeadlock(view).verdict).to.equal('holds');
    const finding = wayOutMeasured(view);
    expect(finding).to.include({ verdict: 'holds', unit: 's' });
    expect(finding.because).to.match(/^it worked: .* 3 violating pods slipped in$/);
    expect(wayOutValues(view)).to.include({
      path: 'delete-rules',
      worked: true,
      by: 'platform-admin',
      answers: 'infra-oncall 403, platform-admin 200',
      violatingPodsAdmitted: 3,
      violatingPodsLeft: 3,
      violatingPods: 'default/slipped-1, elsewhere/theirs, default/slipped-2',
    });
  });

  it('is not made doubtful by pods that came when the gate was closed again, and nobody audited', () => {
    const view = aJournal()
      .with(deadlocked, taken('delete-rules'), answered('platform-admin', true, 200))
      .with(exposed, enforcing, audited, late, ended('', 0))
      .view();
    expect(wayOutMeasured(view)).to.include({ verdict: 'holds' });
  });

  it('started from no deadlock when the dying gatekeeper had let its successor in: that one only waits to start', () => {
    const slipped = (shape: DeadlockShape) =>
      aJournal()
        .run(shape)
        .synced()
        .webhooks('listed', 'w1')
        .endpoints(0)
        .pod('listed', 'kyverno-b', { ns: 'kyverno', role: 'gatekeeper' })
        .mark('cell.began')
        .probe('violating', 'webhook-down')
        .probe('good', 'webhook-down')
        .mark('deadlock.proven');
    const finding = startedFromDeadlock(slipped('self-admission').view());
    expect(finding).to.include({ verdict: 'inconclusive' });
    expect(finding.because).to.include('Pod/kyverno/kyverno-b was let in');
    expect(startedFromDeadlock(slipped('starvation').view())).to.include({ verdict: 'holds' });
    const going = slipped('self-admission').edited((e) =>
      e.type === 'object' && e.kind === 'Pod' ? ({ ...e, state: { ...e.state, deleting: true } } as JournalEvent) : e,
    );
    expect(startedFromDeadlock(going)).to.include({ verdict: 'holds' });
  });

  it('does not count what was refused before the cell began', () => {
    const before = aJournal().run();
    before.object('Event', 'listed', 'FailedCreate-x', { ...REFUSED_EVENT, count: 40 }, 'default', 'e1');
    before
      .synced()
      .after(1)
      .object('Event', 'modified', 'FailedCreate-x', { ...REFUSED_EVENT, count: 43 }, 'default', 'e1');
    expect(countRefusals(refusals(before.view()))).to.equal(3);
    // In a list after a gap it is of this journal.
    const gap = aJournal()
      .run()
      .synced()
      .after(1)
      .object('Event', 'listed', 'FailedCreate-y', { ...REFUSED_EVENT, count: 7 }, 'default', 'e2');
    expect(countRefusals(refusals(gap.view()))).to.equal(7);
  });

  it('counts the segments of a cell that made its cluster anew once', () => {
    const j = aJournal().run().synced().mark('fanout.started', { pods: 2 });
    for (const index of [0, 1]) {
      j.pod('added', `s-${index}`, { ns: 'encoding', role: 'encoding', owner: 'Job/e', index, phase: 'Succeeded' });
    }
    j.mark('fanout.started', { pods: 2, carriedOver: true });
    expect(tallyQueue(j.view())).to.include({ requested: 2, unqueued: 0 });
    const restored = aJournal().run().synced().mark('fanout.started', { pods: 2, carriedOver: true });
    expect(tallyQueue(restored.view())).to.include({ requested: 2 });
  });

  it('counts exactly the k pods of another client that the gatekeeper would have refused, and those still there', () => {
    const k = 7;
    const names = Array.from({ length: k }, (_, i) => `other-${i}`);
    const view = aJournal()
      .with(deadlocked, taken('delete-rules'), answered('platform-admin', true, 200))
      .with((j) => {
        for (const name of names) j.pod('added', name, { ns: 'elsewhere' });
        j.pod('deleted', 'other-0', { ns: 'elsewhere' });
      }, enforcing)
      .with(
        (j) => {
          for (const name of names) {
            j.probe('unknown', 'refused', { probe: 'audit', object: `Pod/elsewhere/${name}` });
          }
        },
        ended('', 0),
      )
      .view();
    const result = wayOutTaken(view)!;
    expect(result.violating.map(({ name }) => name)).to.deep.equal(names);
    expect(result.left).to.have.length(k - 1);
  });

  it('that was refused by everybody did not work, and says who said so', () => {
    const view = aJournal()
      .with(
        deadlocked,
        taken('delete-job'),
        (j) => j.request('infra-oncall', 'delete-job', 'Job/encoding/x', 500),
        answered('infra-oncall', false, 500),
        ended('anything to change', 8),
      )
      .view();
    const finding = wayOutMeasured(view);
    expect(finding.verdict).to.equal('holds');
    expect(finding.because).to.equal(`refused (500): ${REFUSED}`);
    expect(wayOutValues(view)).to.include({ worked: false, by: null, violatingPodsAdmitted: 0, exposureSeconds: 0 });
  });

  it('that was accepted and changed nothing says within what time', () => {
    const view = aJournal().with(
      deadlocked,
      taken('wait'),
      answered('infra-oncall', true, 0),
      ended('a pod to be let in', 20),
    );
    expect(wayOutMeasured(view.view()).because).to.equal(
      'accepted, but waited in vain for a pod to be let in: not within 20 s',
    );
  });

  it('is inconclusive when the watch on pods was blind, or no probe was answered, or its watch was cut off', () => {
    const blind = worked().blindAt('Pod', (e) => e.type === 'mark' && e.name === 'gate.enforcing', 0.1);
    expect(wayOutMeasured(blind).verdict).to.equal('inconclusive');
    const unprobed = aJournal()
      .with(deadlocked, taken('wait'), answered('infra-oncall', true, 0))
      .after(20)
      .with(ended('a pod to be let in', 20));
    expect(wayOutMeasured(unprobed.view())).to.include({ verdict: 'inconclusive' });
    const cut = worked().cutAt((e) => e.type === 'mark' && e.name === 'watch.ended');
    expect(wayOutMeasured(cut).verdict).to.equal('inconclusive');
  });

  it('is inconclusive while nobody has judged the pods of others', () => {
    const view = worked().without((e) => e.type === 'probe' && e.probe === 'audit');
    expect(wayOutMeasured(view)).to.include({ verdict: 'inconclusive' });
  });
});

describe('the deadlock that a way out starts from', () => {
  const start = (...steps: ((j: JournalBuilder) => unknown)[]) =>
    aJournal()
      .with(deadlocked, ...steps)
      .view();

  it('is none when a pod was judged or admitted, or a gatekeeper is ready', () => {
    for (const answer of ['admitted', 'refused'] as const) {
      const view = start((j) => j.probe('good', answer), taken('wait'));
      expect(startedFromDeadlock(view), answer).to.include({ verdict: 'inconclusive' });
    }
    const ready = start((j) => j.endpoints(1), taken('wait'));
    expect(startedFromDeadlock(ready).because).to.equal('1 gatekeeper ready: it was no deadlock');
  });

  it('has to be proven by both kinds of pod', () => {
    const view = aJournal()
      .with(deadlocked, taken('wait'))
      .without((e) => e.type === 'probe' && e.subject === 'good');
    expect(startedFromDeadlock(view).because).to.equal('nobody saw a good pod refused for want of the webhook');
    const never = aJournal().run().synced().view();
    expect(startedFromDeadlock(never).verdict).to.equal('inconclusive');
  });
});
