import { expect } from 'chai';
import { deadlockChain } from '../../../harness/check/deadlock-chain.ts';
import { deletesRefused } from '../../../harness/check/deletes-refused.ts';
import { exposure } from '../../../harness/check/exposure.ts';
import type { Finding } from '../../../harness/check/finding.ts';
import { JournalView } from '../../../harness/check/journal-view.ts';
import { measure } from '../../../harness/check/measures.ts';
import { noSelfHealing } from '../../../harness/check/no-self-healing.ts';
import { outcome } from '../../../harness/check/outcome.ts';
import { podsAccountedFor } from '../../../harness/check/pods-accounted-for.ts';
import { preemption } from '../../../harness/check/preemption.ts';
import { queueDrained } from '../../../harness/check/queue-drained.ts';
import { recoveryNeedsAdmin } from '../../../harness/check/recovery-needs-admin.ts';
import { safeguardsHold } from '../../../harness/check/safeguards-hold.ts';
import { steadyState } from '../../../harness/check/steady-state.ts';
import { unwinding } from '../../../harness/check/unwinding.ts';
import type { JournalEvent, ProbeAnswered, WatchedKind } from '../../../harness/journal/events.ts';
import { KINDS } from '../../fixtures/journals/a-journal.ts';
import { incident, starved } from '../../fixtures/journals/incident.ts';

type Lost = (event: JournalEvent) => boolean;

const mark =
  (name: string): Lost =>
  (e) =>
    e.type === 'mark' && e.name === name;
const object =
  (kind: WatchedKind, name?: string): Lost =>
  (e) =>
    e.type === 'object' && e.kind === kind && (name === undefined || e.name.includes(name));
const request =
  (actor: string, intent: string): Lost =>
  (e) =>
    e.type === 'request' && e.actor === actor && e.intent === intent;
const probe =
  (answer: ProbeAnswered['answer'], subject?: string): Lost =>
  (e) =>
    e.type === 'probe' && e.answer === answer && (subject === undefined || e.subject === subject);
const process =
  (op: string): Lost =>
  (e) =>
    e.type === 'process' && e.op === op;
const phase =
  (name: string): Lost =>
  (e) =>
    e.type === 'phase.started' && e.phase === name;
const heals = (view: JournalView) => noSelfHealing(view, { expect: 'heals' });
const starvedChain = (view: JournalView) => deadlockChain(view);

interface Row {
  checker: (view: JournalView) => Finding;
  good: () => ReturnType<typeof incident>;
  /** Kinds whose watch the checker leans on: it must not hold when they never synced. */
  watches: WatchedKind[];
  evidence: Record<string, Lost>;
}

const ROWS: Row[] = [
  {
    checker: steadyState,
    good: incident,
    watches: [],
    evidence: { phase: phase('steady-state'), refusal: probe('refused'), admission: probe('admitted', 'good') },
  },
  {
    checker: preemption,
    good: incident,
    watches: ['Pod', 'Event'],
    evidence: {
      trigger: mark('trigger.injected'),
      event: object('Event', 'Preempted'),
      exit: process('exited'),
      pod: object('Pod', 'aaaaa'),
    },
  },
  {
    checker: deadlockChain,
    good: incident,
    watches: ['Pod', 'EndpointSlice', 'ValidatingWebhookConfiguration'],
    evidence: {
      trigger: mark('trigger.injected'),
      configuration: object('ValidatingWebhookConfiguration'),
      endpoints: object('EndpointSlice'),
      refusals: (e) => object('Event', 'FailedCreate')(e) || object('Deployment')(e),
    },
  },
  {
    checker: starvedChain,
    good: starved,
    watches: ['Pod', 'EndpointSlice', 'ValidatingWebhookConfiguration'],
    evidence: {
      outranking: object('Pod', 'security'),
      waiting: object('Pod', 'bbbbb'),
      refusals: (e) => object('Event', 'FailedCreate')(e) || e.type === 'probe',
      configuration: object('ValidatingWebhookConfiguration'),
    },
  },
  {
    checker: deletesRefused,
    good: incident,
    watches: [],
    evidence: { pod: request('infra-oncall', 'delete-pod'), job: request('infra-oncall', 'delete-job') },
  },
  {
    checker: noSelfHealing,
    good: incident,
    watches: ['Pod'],
    evidence: {
      removal: mark('trigger.removed'),
      start: mark('hold.started'),
      end: mark('hold.ended'),
      knocks: probe('webhook-down'),
    },
  },
  {
    checker: heals,
    good: starved,
    watches: [],
    evidence: { removal: mark('trigger.removed'), ready: (e) => e.t > 12 && e.type === 'object' },
  },
  {
    checker: recoveryNeedsAdmin,
    good: incident,
    watches: [],
    evidence: { forbidden: request('infra-oncall', 'delete-rules'), admin: request('platform-admin', 'delete-rules') },
  },
  {
    checker: unwinding,
    good: incident,
    watches: ['Pod', 'ValidatingWebhookConfiguration'],
    evidence: {
      deletion: mark('rules.deleted'),
      enforcing: mark('gate.enforcing'),
      pod: object('Pod', 'bbbbb'),
      process: process('started'),
      registration: object('ValidatingWebhookConfiguration'),
    },
  },
  {
    checker: exposure,
    good: incident,
    watches: ['Pod'],
    evidence: {
      deletion: mark('rules.deleted'),
      enforcing: mark('gate.enforcing'),
      pods: object('Pod', 'violating'),
      probes: (e) => e.type === 'probe',
    },
  },
  {
    checker: safeguardsHold,
    good: incident,
    watches: ['Pod', 'Event'],
    evidence: {
      trigger: mark('second-trigger.injected'),
      promise: mark('safeguards.installed'),
      end: mark('stand.ended'),
      agent: object('Pod', 'security-agent-2'),
      probes: (e) => e.type === 'probe',
      replicas: (e) => object('EndpointSlice')(e) || object('Pod', 'kyverno')(e),
    },
  },
  {
    checker: queueDrained,
    good: incident,
    watches: ['Pod', 'Job'],
    evidence: {
      start: mark('fanout.started'),
      end: mark('queue.drained'),
      pods: object('Pod', 'encode-0'),
      job: object('Job'),
    },
  },
  {
    checker: podsAccountedFor,
    good: incident,
    watches: ['Pod'],
    evidence: {
      start: mark('fanout.started'),
      end: mark('queue.drained'),
      pods: object('Pod', 'encode-0'),
      job: object('Job'),
    },
  },
];

describe('a checker without its evidence', () => {
  for (const { checker, good, watches, evidence } of ROWS) {
    it(`${checker.name}: holds on the good journal, with evidence that is in it`, () => {
      const finding = checker(good().view());
      expect(finding).to.include({ verdict: 'holds' });
      expect(finding.evidence).not.to.have.length(0);
      expect(Math.max(...finding.evidence)).to.be.at.most(good().events().length);
    });

    for (const [what, lost] of Object.entries(evidence)) {
      it(`${checker.name}: does not hold without ${what}`, () => {
        expect(good().events().some(lost), 'nothing was taken away').to.equal(true);
        expect(checker(good().without(lost))).not.to.include({ verdict: 'holds' });
      });
    }

    for (const kind of watches) {
      it(`${checker.name}: does not hold when the ${kind} watch never synced`, () => {
        expect(checker(good().without((e) => e.type === 'watch' && e.kind === kind))).not.to.include({
          verdict: 'holds',
        });
      });
    }
  }

  it('holds for none of them on an empty journal', () => {
    for (const { checker } of ROWS)
      expect(checker(JournalView.from([])), checker.name).to.include({ verdict: 'inconclusive' });
  });

  it('never throws on a journal that was cut off anywhere, and names only lines that are in it', () => {
    for (const good of [incident, starved]) {
      const events = good().events();
      for (let length = 0; length <= events.length; length++) {
        const view = JournalView.from(events.slice(0, length));
        for (const { checker } of ROWS) {
          for (const seq of checker(view).evidence) expect(seq).to.be.within(1, length);
        }
        expect(measure(view)).to.be.an('object');
        expect(outcome(view)).to.be.a('string');
      }
    }
  });

  it('never throws when any one line is missing, and a journal without any watch proves little', () => {
    const journal = incident();
    for (const { seq } of journal.events()) {
      const view = journal.without((e) => e.seq === seq);
      for (const { checker } of ROWS) expect(['holds', 'violated', 'inconclusive']).to.include(checker(view).verdict);
    }
    const unseen = journal.without((e) => e.type === 'watch' && KINDS.some((kind) => kind === e.kind));
    for (const { checker, watches } of ROWS) {
      if (watches.length > 0) expect(checker(unseen), checker.name).not.to.include({ verdict: 'holds' });
    }
  });
});
