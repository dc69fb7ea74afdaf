import { expect } from 'chai';
import { podsAccountedFor } from '../../../harness/check/pods-accounted-for.ts';
import { queueDrained } from '../../../harness/check/queue-drained.ts';
import { safeguardsHold } from '../../../harness/check/safeguards-hold.ts';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { aJournal, type JournalBuilder } from '../../fixtures/journals/a-journal.ts';
import { drained, fannedOut, incident, job, recovered, safeguarded, steady } from '../../fixtures/journals/incident.ts';

const mark = (name: string) => (e: JournalEvent) => e.type === 'mark' && e.name === name;
const pod = (name: string) => (e: JournalEvent) => e.type === 'object' && e.kind === 'Pod' && e.name === name;
const succeeded = (name: string) => (e: JournalEvent) =>
  pod(name)(e) && e.type === 'object' && 'phase' in e.state && e.state.phase === 'Succeeded';

describe('safeguardsHold', () => {
  const attacked = (words: (journal: JournalBuilder) => unknown) =>
    aJournal()
      .run()
      .synced()
      .with(steady, safeguarded)
      .mark('second-trigger.injected')
      .pod('added', 'agent', { role: 'security', priority: 1e9 })
      .with(words)
      .mark('stand.ended')
      .view();

  it('holds when enough replicas stayed and nothing was refused', () => {
    expect(safeguardsHold(incident().view())).to.include({ verdict: 'holds', measured: 2, limit: 2 });
  });

  it('is violated when a replica too many was lost', () => {
    const view = attacked((j) => j.probe('good', 'admitted').endpoints(1).endpoints(3));
    expect(safeguardsHold(view)).to.include({ verdict: 'violated', measured: 1, limit: 2 });
  });

  it('is violated when there were too few from the start', () => {
    const view = aJournal().run().synced().with(steady).mark('safeguards.installed', { requiredReplicas: 2 });
    view
      .mark('second-trigger.injected')
      .pod('added', 'agent', { role: 'security' })
      .probe('good', 'admitted')
      .mark('stand.ended');
    expect(safeguardsHold(view.view())).to.include({ verdict: 'violated', measured: 1 });
  });

  it('is violated by one refusal of a dead webhook, even when the stand was cut off', () => {
    expect(safeguardsHold(attacked((j) => j.probe('good', 'webhook-down')))).to.include({
      verdict: 'violated',
      measured: 1,
    });
    const cut = incident().edited((e) => (e.type === 'mark' && e.name === 'stand.ended' ? { ...e, name: 'x' } : e));
    expect(safeguardsHold(cut)).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when it stood by failing open', () => {
    expect(safeguardsHold(attacked((j) => j.probe('violating', 'admitted'))).because).to.contain(
      'letting a violating pod in',
    );
  });

  it('is inconclusive when nobody asked, the probes failed, or no security pod came', () => {
    expect(safeguardsHold(attacked((j) => j)).because).to.contain('nobody asked');
    expect(safeguardsHold(attacked((j) => j.probe('good', 'error')))).to.include({ verdict: 'inconclusive' });
    expect(safeguardsHold(incident().without(pod('security-agent-2'))).because).to.contain(
      'never reached the scheduler',
    );
  });

  it('is inconclusive when nothing says how many replicas are promised, or the watch was blind', () => {
    expect(safeguardsHold(incident().without(mark('safeguards.installed')))).to.include({ verdict: 'inconclusive' });
    expect(safeguardsHold(incident().blindAt('Pod', mark('stand.ended')))).to.include({ verdict: 'inconclusive' });
  });

  it('counts ready pods where the endpoints were not watched', () => {
    const view = incident().without((e) => e.type === 'object' && e.kind === 'EndpointSlice');
    expect(safeguardsHold(view)).to.include({ verdict: 'violated', measured: 1 });
  });
});

describe('queueDrained', () => {
  it('holds when each segment was encoded once; a retry after a failure is none too many', () => {
    expect(queueDrained(incident(6).view())).to.include({ verdict: 'holds', measured: 6, limit: 6 });
  });

  it('is violated when one segment was lost, and names it', () => {
    const finding = queueDrained(incident().without(succeeded('encode-2-again')));
    expect(finding).to.include({ verdict: 'violated', measured: 3 });
    expect(finding.because).to.equal('1 segment not encoded: 2');
  });

  it('says which segments never had a pod', () => {
    const finding = queueDrained(incident().without(pod('encode-3-again')));
    expect(finding.because).to.contain('1 segment not encoded: 3; 1 of them never had a pod');
  });

  it('is violated when one segment was encoded twice', () => {
    const again = (j: JournalBuilder) =>
      j.pod('added', 'twice', { role: 'encoding', index: 1, owner: 'Job/encode', phase: 'Succeeded' });
    const view = aJournal().run().synced().with(steady, fannedOut(4), recovered, again, drained(4)).view();
    expect(queueDrained(view).because).to.equal('1 segment encoded more than once: 1');
  });

  it('is violated when the Job is smaller than what was asked for', () => {
    const view = incident().edited((e) =>
      e.type === 'mark' && e.name === 'fanout.started' ? { ...e, data: { pods: 7 } } : e,
    );
    expect(queueDrained(view).because).to.contain('3 segments of 7 never came to a Job');
  });

  it('is violated when the Job is not complete, inconclusive when it was never seen', () => {
    const last = (e: JournalEvent) => e.type === 'object' && e.kind === 'Job';
    const open = incident().edited((e) => (last(e) && e.type === 'object' ? { ...e, state: job(4, 3) } : e));
    expect(queueDrained(open).because).to.contain('is not complete');
    expect(queueDrained(incident().without(last))).to.include({ verdict: 'inconclusive' });
  });

  it('is violated when the drain ended with segments to do, inconclusive when nobody waited', () => {
    const lost = (e: JournalEvent) => mark('queue.drained')(e) || succeeded('encode-3-again')(e);
    expect(queueDrained(incident().without(lost))).to.include({ verdict: 'violated' });
    expect(queueDrained(incident().cutAt(mark('queue.drained')))).to.include({ verdict: 'inconclusive' });
    expect(queueDrained(incident().without(mark('fanout.started')))).to.include({ verdict: 'inconclusive' });
  });

  it('is inconclusive when a watch was blind on the way', () => {
    for (const kind of ['Pod', 'Job'] as const) {
      expect(queueDrained(incident().blindAt(kind, mark('hold.ended'))), kind).to.include({ verdict: 'inconclusive' });
    }
  });

  it('keeps several Jobs apart', () => {
    const second = (j: JournalBuilder) =>
      j
        .mark('fanout.started', { pods: 1 })
        .object('Job', 'added', 'more', job(1, 0), 'default')
        .pod('added', 'more-0', { role: 'encoding', index: 0, owner: 'Job/more' });
    const journal = aJournal().run().synced().with(steady, fannedOut(4), second, drained(4));
    expect(queueDrained(journal.view()).because).to.contain('default/more[0]');
  });
});

describe('podsAccountedFor', () => {
  it('holds when every pod ended and the Job counts the same', () => {
    expect(podsAccountedFor(incident().view())).to.include({ verdict: 'holds', measured: 5 });
  });

  it('is violated when a pod is left hanging, or a segment never had one', () => {
    expect(podsAccountedFor(incident().without(succeeded('encode-3-again'))).because).to.contain(
      'encode-3-again Pending',
    );
    expect(podsAccountedFor(incident().without(pod('encode-3-again'))).because).to.contain('never had a pod: 3');
  });

  it('is inconclusive when the Job and the watch count differently, or the queue was not drained', () => {
    const other = (e: JournalEvent) => (e.type === 'object' && e.kind === 'Job' ? { ...e, state: job(4, 3) } : e);
    expect(podsAccountedFor(incident().edited(other)).because).to.contain('counts 3 segments, the Pod watch 4');
    expect(podsAccountedFor(incident().without(mark('queue.drained')))).to.include({ verdict: 'inconclusive' });
  });
});
