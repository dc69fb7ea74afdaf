import { expect } from 'chai';
import type { EventState, JournalEntry, JournalEvent, ObjectOp, PodState } from '../../../harness/journal/events.ts';
import { Live } from '../../../harness/observe/live.ts';
import { REFUSED } from '../../fixtures/journals/a-journal.ts';

describe('live', () => {
  let live: Live;
  let t: number;
  beforeEach(() => {
    live = new Live();
    t = 0;
  });

  const see = (entry: JournalEntry) => live.see({ seq: ++t, t, at: '', ...entry } as JournalEvent);
  const pod = (op: ObjectOp, name: string, state: Partial<PodState>) =>
    see({
      type: 'object',
      op,
      kind: 'Pod',
      ns: 'n',
      name,
      uid: name,
      state: { phase: 'Pending', ready: false, priority: 0, deleting: false, ...state },
    });
  const encoding = (op: ObjectOp, name: string, phase: string) => pod(op, name, { role: 'encoding', phase });
  const event = (uid: string, count: number, message = REFUSED) => {
    const state: EventState = {
      reason: 'FailedCreate',
      message,
      regarding: 'Job/n/j',
      source: 'job-controller',
      count,
      eventType: 'Warning',
    };
    see({ type: 'object', op: 'modified', kind: 'Event', ns: 'n', name: uid, uid, state });
  };

  it('knows which processes of the gatekeeper live', () => {
    const run = (op: 'started' | 'signalled' | 'exited', pod: string, role?: string) =>
      see({ type: 'process', op, pod, container: 'kyverno', pid: 1, ...(role === undefined ? {} : { role }) });
    run('started', 'kyverno/a', 'gatekeeper');
    run('started', 'kyverno/b', 'gatekeeper');
    run('started', 'encoding/e', 'encoding');
    run('signalled', 'kyverno/a', 'gatekeeper');
    expect([...live.gatekeeperProcesses]).to.deep.equal(['kyverno/a/kyverno', 'kyverno/b/kyverno']);
    run('exited', 'kyverno/a', 'gatekeeper');
    expect([...live.gatekeeperProcesses]).to.deep.equal(['kyverno/b/kyverno']);
  });

  describe('encoding pods', () => {
    it('are counted once and follow their phases', () => {
      for (const name of ['a', 'b', 'c']) encoding('added', name, 'Pending');
      encoding('modified', 'a', 'Running');
      encoding('modified', 'b', 'Running');
      encoding('modified', 'b', 'Succeeded');
      expect(live.encoding).to.deep.equal({ created: 3, Pending: 1, Running: 1, Succeeded: 1, Failed: 0 });
    });

    it('that succeeded stay counted when they are deleted; others do not', () => {
      encoding('added', 'a', 'Succeeded');
      encoding('added', 'b', 'Running');
      encoding('deleted', 'a', 'Succeeded');
      encoding('deleted', 'b', 'Running');
      expect(live.encoding).to.deep.equal({ created: 2, Pending: 0, Running: 0, Succeeded: 1, Failed: 0 });
    });

    it('are not taken off twice when their end is told twice', () => {
      encoding('added', 'a', 'Running');
      encoding('deleted', 'a', 'Running');
      encoding('deleted', 'a', 'Running');
      expect(live.encoding).to.deep.equal({ created: 1, Pending: 0, Running: 0, Succeeded: 0, Failed: 0 });
    });

    it('are terminating from when they are told to go until they are gone', () => {
      pod('modified', 'a', { role: 'encoding', phase: 'Running', deleting: true });
      pod('modified', 'a', { role: 'encoding', phase: 'Failed', deleting: true });
      expect(live.terminating.size).to.equal(1);
      pod('deleted', 'a', { role: 'encoding', phase: 'Failed', deleting: true });
      expect(live.terminating.size).to.equal(0);
    });

    it('of other roles are not counted', () => {
      pod('added', 'x', { role: 'violating' });
      pod('added', 'y', {});
      expect(live.encoding.created).to.equal(0);
      expect(live.terminating.size).to.equal(0);
    });
  });

  describe('gatekeepers', () => {
    it('are ready when they are ready and not on their way out', () => {
      pod('added', 'g1', { role: 'gatekeeper', ready: true });
      pod('added', 'g2', { role: 'gatekeeper', ready: true, deleting: true });
      pod('added', 'g3', { role: 'gatekeeper', ready: false });
      expect(live.readyGatekeepers).to.equal(1);
      pod('deleted', 'g1', { role: 'gatekeeper', ready: true });
      expect(live.readyGatekeepers).to.equal(0);
      expect([...live.gatekeepers.keys()]).to.deep.equal(['g2', 'g3']);
    });

    it('are told apart from the security service', () => {
      pod('added', 's1', { role: 'security', ready: true });
      expect(live.readyGatekeepers).to.equal(0);
      expect([...live.security.values()].map(({ name }) => name)).to.deep.equal(['s1']);
    });
  });

  describe('refusals', () => {
    it('are what an Event’s count has grown by', () => {
      event('e1', 3);
      event('e1', 3);
      event('e1', 10);
      event('e2', 1);
      expect(live.refusals).to.equal(11);
    });

    it('are not taken back when a count starts anew', () => {
      event('e1', 5);
      event('e1', 2);
      expect(live.refusals).to.equal(7);
    });

    it('are none of other events', () => {
      event('e1', 7, 'Error creating: pods "x" is forbidden: exceeded quota');
      expect(live.refusals).to.equal(0);
    });

    it('are requests and probes that the webhook did not answer, too', () => {
      const request = { type: 'request', actor: 'a', intent: 'i', verb: 'delete', object: 'o', seconds: 1 } as const;
      see({ ...request, code: 500, reason: 'InternalError', message: REFUSED });
      see({ ...request, code: 403, reason: 'Forbidden', message: 'no' });
      const probe = { type: 'probe', subject: 'violating', code: 500, message: REFUSED, seconds: 1 } as const;
      see({ ...probe, probe: 'exposure', answer: 'webhook-down' });
      see({ ...probe, probe: 'exposure', answer: 'refused' });
      expect(live.refusals).to.equal(2);
    });
  });

  it('enforces only by answers asked for after a moment, and by both of them', () => {
    const answer = (subject: string, said: 'refused' | 'admitted' | 'webhook-down') =>
      see({
        type: 'probe',
        probe: subject === 'good' ? 'enforcement' : 'exposure',
        subject,
        answer: said,
        code: 0,
        message: '',
        seconds: 0.1,
      });
    answer('violating', 'refused');
    answer('good', 'admitted');
    expect(live.enforcesSince(0)).to.equal(true);
    expect(live.enforcesSince(t)).to.equal(false);
    answer('violating', 'refused');
    // The good one's answer is still the one from before.
    expect(live.enforcesSince(2)).to.equal(false);
    answer('good', 'admitted');
    expect(live.enforcesSince(2)).to.equal(true);
    answer('good', 'webhook-down');
    expect(live.enforcesSince(2)).to.equal(false);
  });

  it('takes what was asked for within the millisecond of a mark for earlier, as the checks do', () => {
    const down = { type: 'probe', answer: 'webhook-down', code: 500, message: '', seconds: 0.0872 } as const;
    const at = { seq: 1, t: 8.593, at: '' };
    live.see({ ...at, ...down, probe: 'exposure', subject: 'violating' });
    live.see({ ...at, ...down, probe: 'enforcement', subject: 'good' });
    // Asked for at 8.5058, which is after 8.5057; a mark set at 8.5057 stands in the journal as 8.506.
    expect(live.deadlockedSince(8.5057)).to.equal(false);
    expect(live.deadlockedSince(8.5049)).to.equal(true);
  });

  it('counts violating pods that were really admitted', () => {
    const probe = { type: 'probe', subject: 'violating', code: 201, message: '', seconds: 0.1 } as const;
    see({ ...probe, probe: 'exposure', answer: 'admitted' });
    see({ ...probe, probe: 'enforcement', answer: 'admitted' });
    see({ ...probe, probe: 'enforcement', subject: 'good', answer: 'admitted' });
    see({ ...probe, probe: 'exposure', answer: 'refused' });
    expect(live.violatingAdmitted).to.equal(1);
  });

  it('follows phases, Jobs and webhook configurations', () => {
    see({ type: 'phase.started', phase: 'hold', title: 'Hands off' });
    const job = { completions: 2, parallelism: 2, active: 0, ready: 0, succeeded: 2, failed: 0, uncounted: 0 };
    const state = { ...job, complete: true, suspended: false, deleting: false };
    see({ type: 'object', op: 'modified', kind: 'Job', name: 'encode', uid: 'j', state });
    const webhook = { type: 'object', kind: 'ValidatingWebhookConfiguration', name: 'w', uid: 'w' } as const;
    see({ ...webhook, op: 'added', state: { webhooks: [] } });
    expect([live.phase, live.phaseTitle]).to.deep.equal(['hold', 'Hands off']);
    expect(live.jobs.get('encode')).to.include({ complete: true, succeeded: 2 });
    expect([...live.webhooks.keys()]).to.deep.equal(['w']);
    see({ ...webhook, op: 'deleted', state: { webhooks: [] } });
    expect([...live.webhooks.keys()]).to.deep.equal([]);
  });
});
