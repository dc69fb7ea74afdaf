import { expect } from 'chai';
import type { JournalEvent } from '../../../harness/journal/events.ts';
import { gateOf } from '../../../harness/recording/gate.ts';
import { loopOf } from '../../../harness/recording/loop.ts';
import { moments } from '../../../harness/recording/moments.ts';
import { windows } from '../../../harness/recording/spans.ts';
import { aJournal } from '../../fixtures/journals/a-journal.ts';
import { fannedOut, incident, preempted, starved, steady } from '../../fixtures/journals/incident.ts';
import { recorded, told } from '../../fixtures/recordings/recordings.ts';

describe('windows', () => {
  it('are the trigger twice, the outage, the way out and the exposure of the incident', () => {
    const found = windows(incident().view());
    expect(found.map((w) => w.kind)).to.deep.equal(['fault', 'outage', 'recovery', 'exposure', 'fault']);
    for (const { from, to } of found) expect(to).to.be.above(from);
  });

  it('last to the end of the run when nothing ended them', () => {
    const view = aJournal().run().synced().with(steady, preempted).after(5).mark('x').view();
    expect(windows(view).map(({ kind, to }) => [kind, to])).to.deep.equal([
      ['fault', view.end],
      ['outage', view.end],
    ]);
  });

  it('call the gatekeeper not seen, rather than there or gone, when its watch was blind', () => {
    const unseen = aJournal().run().synced(['Deployment']).with(steady, preempted).view();
    expect(windows(unseen).map((w) => w.kind))
      .to.include('blind')
      .and.not.include('outage');
  });

  it('take their faults from the fault lines, with what these say', async () => {
    const { recording } = await told(recorded('fell'));
    const faults = recording.timeline.windows.filter((w) => w.kind === 'fault');
    expect(faults).to.have.length(2);
    expect(faults[0]?.what).to.include('priority collision: a security service');
  });
});

describe('loopOf', () => {
  it('is the proven chain, cut where the deleted rules stood', () => {
    const loop = loopOf(incident().view())!;
    expect(loop.links.map((l) => l.to.split('/')[0])).to.deep.equal([
      'ValidatingWebhookConfiguration',
      'Service',
      'ReplicaSet',
    ]);
    expect(loop.links.at(-1)?.to).to.equal(loop.links[0]?.from);
    expect(loop.cut).to.include({ link: 0 });
    expect(loop.cut?.what).to.include('platform-admin deleted ValidatingWebhookConfiguration/');
  });

  it('of starvation is cut where the pod stood that outranked it', () => {
    const loop = loopOf(starved().view())!;
    expect(loop.links.at(-1)?.to).to.include('security-agent');
    expect(loop.cut?.link).to.equal(loop.links.length - 1);
  });

  it('is not cut when nobody could delete the rules', () => {
    const view = incident().edited((e) =>
      e.type === 'request' && e.intent === 'delete-rules' ? { ...e, code: 403 } : e,
    );
    expect(loopOf(view)).to.not.equal(undefined);
    expect(loopOf(view)?.cut).to.equal(undefined);
  });

  it('is not drawn when it was not proven', () => {
    const served = (e: JournalEvent) => e.type === 'object' && e.kind === 'EndpointSlice';
    expect(loopOf(incident().without(served))).to.equal(undefined);
    expect(loopOf(aJournal().run().view())).to.equal(undefined);
  });
});

describe('moments', () => {
  it('are in order, and tell of the fall, the people and the way out', () => {
    const found = moments(incident().view());
    expect(found.map((m) => m.t)).to.deep.equal(found.map((m) => m.t).toSorted((a, b) => a - b));
    const said = found.map((m) => m.what).join('\n');
    for (const words of [
      'the scheduler preempts',
      'no gatekeeper replica',
      'infra-oncall: delete rules: refused (403)',
      'gate enforcing',
    ])
      expect(said).to.include(words);
  });
});

describe('gateOf', () => {
  it('says who may not open it, what was opened and what slipped in and stayed', () => {
    const gate = gateOf(incident().view());
    expect(gate.mayNotOpen).to.deep.equal(['infra-oncall']);
    expect(gate.opened).to.deep.equal(['ValidatingWebhookConfiguration/kyverno-resource-validating-webhook-cfg']);
    expect(gate.slippedIn).to.deep.equal(['default/violating-1']);
    expect(gate.shape).to.equal('self-admission');
  });

  it('knows what the gatekeeper had the second time', async () => {
    const { recording } = await told(recorded('fell'));
    expect(recording.gate.guarded).to.deep.equal({ replicas: 3, priority: 2_000_000_000 });
    const before = aJournal().run().synced().with(steady, fannedOut(3), preempted).view();
    expect(gateOf(before).guarded).to.equal(undefined);
  });
});

describe('record', () => {
  it('brings every line along that a check cites', async () => {
    const { result, recording } = await told(recorded('fell'));
    const carried = new Set(recording.lines.map((l) => l.seq));
    const cited = result.experiments.flatMap((e) => e.checks.flatMap((c) => c.evidence.slice(0, 40)));
    expect(cited.length).to.be.above(30);
    expect(cited.filter((seq) => !carried.has(seq))).to.deep.equal([]);
    expect(recording.moments.filter((m) => !carried.has(m.seq))).to.deep.equal([]);
  });

  it('has the pods of the whole run, all encoded at its end', async () => {
    const { recording } = await told(recorded('fell'));
    const { pods } = recording.timeline;
    expect(pods.succeeded.at(-1)).to.equal(300);
    expect(pods.waiting.at(-1)).to.equal(0);
  });

  it('makes do with a run that never had a cluster', async () => {
    const { recording } = await told(recorded('inconclusive'));
    expect(recording.loop).to.equal(undefined);
    expect(recording.moments).to.deep.equal([]);
  });
});
