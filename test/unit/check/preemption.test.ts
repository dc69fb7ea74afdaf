import { expect } from 'chai';
import { preemption } from '../../../harness/check/preemption.ts';
import { turningPoints } from '../../../harness/check/turning-points.ts';
import { aJournal, REPLICA_SET } from '../../fixtures/journals/a-journal.ts';
import { AGENT, FIRST, fannedOut, incident, preempted, SECOND, steady } from '../../fixtures/journals/incident.ts';

const ready = () => aJournal().run().synced().with(steady, fannedOut(4));
const attacked = (before = ready()) =>
  before.phase('collision').mark('trigger.injected').pod('added', AGENT, { role: 'security', priority: 1e9 });
const gone = () => (j: ReturnType<typeof aJournal>) =>
  j.pod('modified', FIRST, { deleting: true, ready: false }).endpoints(0).pod('deleted', FIRST);

describe('preemption', () => {
  it('holds for a preempted pod whose process was signalled and exited', () => {
    const finding = preemption(ready().with(preempted).view());
    expect(finding).to.include({ verdict: 'holds', unit: 's', measured: 0.6 });
    expect(finding.because).to.contain(`Pod/kyverno/${FIRST}`);
  });

  it('takes the condition that the scheduler set on its victim where its Event was lost, and no other condition', () => {
    const ends = (disruption: string) =>
      attacked()
        .pod('modified', FIRST, { disruption })
        .event('Killing', `Pod/kyverno/${FIRST}`, 'Stopping')
        .with(gone())
        .view();
    const finding = preemption(ends('PreemptionByScheduler'));
    expect(finding).to.include({ verdict: 'holds' });
    expect(finding.because).to.contain(`the scheduler preempted Pod/kyverno/${FIRST}`);
    expect(turningPoints(ends('PreemptionByScheduler')).evicted).to.include({ pod: FIRST, how: 'preemption' });
    expect(preemption(ends('EvictionByEvictionAPI'))).to.include({ verdict: 'inconclusive' });
  });

  it('takes the Killing event where no process was journalled', () => {
    const killed = (message: string) =>
      attacked()
        .event('Preempted', `Pod/kyverno/${FIRST}`, 'x')
        .event(message, `Pod/kyverno/${FIRST}`, 'Stopping')
        .with(gone())
        .view();
    expect(preemption(killed('Killing'))).to.include({ verdict: 'holds' });
    expect(preemption(killed('Other'))).to.include({ verdict: 'inconclusive' });
  });

  describe('where the containers are watched (kind)', () => {
    const watched = () => attacked(ready().entry({ type: 'watch', kind: 'Process', op: 'synced' }));
    const victim = `Pod/kyverno/${FIRST}`;
    const preempt = (j: ReturnType<typeof aJournal>) => j.event('Preempted', victim, 'x');
    const killed = (j: ReturnType<typeof aJournal>) =>
      preempt(j).event('Killing', victim, 'Stopping container kyverno');
    // kyverno ends with 0 when it is asked to, and the kubelet's last deletion of its pod is refused.
    const ended = (j: ReturnType<typeof aJournal>) =>
      j
        .process('exited', FIRST, { exitCode: 0 })
        .pod('modified', FIRST, { deleting: true, ready: false, phase: 'Succeeded' })
        .endpoints(0);

    it('holds for a container that the kubelet killed, though its pod stays; both are in the evidence', () => {
      const view = watched().with(killed, ended).view();
      const finding = preemption(view);
      expect(finding).to.include({ verdict: 'holds' });
      const [killing] = view.events('Killing');
      const exited = view.processes.find((p) => p.op === 'exited');
      expect(finding.evidence).to.include.members([killing!.seq, exited!.seq]);
    });

    it('is violated when the container ended and no kubelet had killed it', () => {
      expect(preemption(watched().with(preempt, ended).view())).to.include({ verdict: 'violated' });
    });

    it('does not take the Killing event for an end that nobody saw', () => {
      const finding = preemption(watched().with(killed, gone()).view());
      expect(finding).to.include({ verdict: 'inconclusive' });
      expect(finding.because).to.contain('was never seen to exit');
    });

    it('says so when the containers were out of sight', () => {
      const gap = (j: ReturnType<typeof aJournal>) =>
        j.entry({ type: 'watch', kind: 'Process', op: 'gap', reason: 'the worker is gone' });
      const finding = preemption(watched().with(killed, gap, gone()).view());
      expect(finding).to.include({ verdict: 'inconclusive' });
      expect(finding.because).to.contain('the Process watch was blind').and.to.contain('the worker is gone');
    });
  });

  it('is violated when the harness or a person deleted the pod', () => {
    const by = (code: number) =>
      attacked().request('harness', 'delete-pod', `Pod/kyverno/${FIRST}`, code).with(gone()).view();
    const finding = preemption(by(200));
    expect(finding).to.include({ verdict: 'violated' });
    expect(finding.because).to.match(/^deleted, not preempted/);
    expect(preemption(by(500)).verdict).to.equal('inconclusive');
  });

  it('is violated when a delete came first, even with a Preempted event after it', () => {
    const view = attacked().request('harness', 'delete-pod', `Pod/kyverno/${FIRST}`, 200).with(preempted).view();
    expect(preemption(view)).to.include({ verdict: 'violated' });
  });

  it('is violated when a restart by a person took the pod away, not by one that came to nothing', () => {
    const restart = () => attacked().request('infra-oncall', 'restart-gatekeeper', 'Deployment/kyverno/k', 200);
    expect(preemption(restart().with(gone()).view())).to.include({ verdict: 'violated' });
    expect(
      preemption(
        attacked().with(gone()).request('infra-oncall', 'restart-gatekeeper', 'Deployment/kyverno/k', 200).view(),
      ),
    ).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when the pod was evicted by its kubelet', () => {
    const view = attacked().event('Evicted', `Pod/kyverno/${FIRST}`, 'The node was low on memory').with(gone()).view();
    expect(preemption(view).because).to.contain('was evicted, not preempted: The node was low on memory');
  });

  it('is violated when the process died on its own', () => {
    const view = attacked()
      .event('Preempted', `Pod/kyverno/${FIRST}`, 'x')
      .process('exited', FIRST, { exitCode: 137 })
      .with(gone())
      .view();
    expect(preemption(view)).to.include({ verdict: 'violated' });
    expect(preemption(view).because).to.contain('exited on its own with code 137');
  });

  it('is inconclusive when the process was never seen to exit', () => {
    const view = incident().without((e) => e.type === 'process' && e.op === 'exited');
    expect(preemption(view)).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when another replica stayed ready', () => {
    const view = ready()
      .pod('listed', SECOND, { ns: 'kyverno', role: 'gatekeeper', owner: `ReplicaSet/${REPLICA_SET}`, ready: true })
      .endpoints(2)
      .with(preempted)
      .edited((e) =>
        e.type === 'object' && 'total' in e.state && e.state.total === 0
          ? { ...e, state: { ...e.state, ready: 1 } }
          : e,
      );
    expect(preemption(view)).to.include({ verdict: 'violated' });
    expect(preemption(view).because).to.contain('1 replica of the gatekeeper stayed ready');
  });

  it('is violated, and says what stood, while the security pod waits', () => {
    const view = attacked()
      .pod('modified', AGENT, { message: 'No preemption victims found' })
      .after(30)
      .mark('trigger.removed')
      .view();
    const finding = preemption(view);
    expect(finding).to.include({ verdict: 'violated' });
    expect(finding.because).to.match(
      /1 gatekeeper pod \(.*aaaaa\) stood for 30\.\d s while security pod security-agent-1 stayed Pending \(No preemption/,
    );
  });

  it('is violated when the security pod found room elsewhere', () => {
    const view = attacked()
      .pod('modified', AGENT, { node: 'n2', phase: 'Running' })
      .after(9)
      .mark('trigger.removed')
      .view();
    expect(preemption(view).because).to.contain('found room without displacing');
  });

  it('is inconclusive when the trigger never reached the scheduler', () => {
    const view = ready().phase('collision').mark('trigger.injected').after(9).mark('trigger.removed').view();
    expect(preemption(view)).to.include({ verdict: 'inconclusive' });
  });

  for (const kind of ['Pod', 'Event'] as const) {
    it(`is inconclusive when the ${kind} watch was blind`, () => {
      const journal = ready().with(preempted);
      const view = journal.blindAt(kind, (e) => e.type === 'mark' && e.name === 'trigger.injected');
      expect(preemption(view)).to.include({ verdict: 'inconclusive' });
      expect(preemption(view).because).to.contain(`the ${kind} watch was blind`);
    });
  }

  it('is inconclusive before the trigger, and gives the reason of the phase that failed', () => {
    const view = ready().phase('collision').phaseEnded('collision', false, 'no node has room').view();
    expect(preemption(view)).to.include({ verdict: 'inconclusive' });
    expect(preemption(view).because).to.contain('no node has room');
  });
});
