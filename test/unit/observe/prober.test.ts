import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import type { JournalEvent, ProbeAnswered } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { nodeAffinityTo } from '../../../harness/load/placement.ts';
import { probeAdmission, probeExposure } from '../../../harness/observe/prober.ts';
import { until } from '../../until.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

const { profile } = loadProfile({ profile: 'as-in-the-incident' });

describe('probers', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let told: ProbeAnswered[];
  let stop: AbortController;
  let probing: Promise<void>;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-prober-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    told = [];
    journal.subscribe((event: JournalEvent) => {
      if (event.type === 'probe') told.push(event);
    });
    stop = new AbortController();
    api = await FakeApi.start();
  });
  afterEach(async () => {
    stop.abort();
    await probing;
    journal.close();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const probes = () => ({ client: api.client(), profile, runId: 'run-1', journal, signal: stop.signal });

  it('ask on their schedule while an answer is slow, and tell how slow it was', async () => {
    const held: ServerResponse[] = [];
    const started = performance.now();
    const times: number[] = [];
    api.answer = (_asked, response) => {
      times.push((performance.now() - started) / 1000);
      if (times.length === 1) held.push(response);
      else json(response, { metadata: { name: 'violating-1' } }, 201);
    };
    probing = probeExposure({ ...probes(), fakeNodes: false });
    await until(() => told.length === 2);
    expect(times).to.have.length(3);
    for (const [n, at] of times.entries()) expect(at).to.be.closeTo(n, 0.3);
    json(held[0]!, { metadata: { name: 'violating-0' } }, 201);
    await until(() => told.some(({ seconds }) => seconds > 1));
    expect(told.at(-1)).to.include({ probe: 'exposure', answer: 'admitted', code: 201 });
  });

  it('go on when an answer breaks off in the middle', async () => {
    api.answer = (_asked, response) => {
      response.writeHead(201, { 'content-length': '99' }).write('{');
      response.destroy();
    };
    probing = probeExposure({ ...probes(), fakeNodes: false });
    await until(() => told.length === 2);
    expect(told.map(({ answer, code }) => [answer, code])).to.deep.equal([
      ['error', 0],
      ['error', 0],
    ]);
  });

  it('really submit a violating pod for exposure', async () => {
    api.answer = (_asked, response) => json(response, { metadata: { name: 'violating-1' } }, 201);
    probing = probeExposure({ ...probes(), fakeNodes: false });
    await until(() => told.length === 1);
    expect(told[0]).to.include({
      probe: 'exposure',
      subject: 'violating',
      answer: 'admitted',
      object: 'Pod/slipped-in/violating-1',
    });
    expect(api.asked[0]?.query.get('dryRun')).to.equal(null);
  });

  const submitted = async (violating: object) => {
    api.answer = (_asked, response) => json(response, { metadata: { name: 'violating-1' } }, 201);
    const asked = { ...probes(), profile: structuredClone(profile), fakeNodes: true };
    asked.profile.gatekeeper.probes.violating = violating as typeof profile.gatekeeper.probes.violating;
    probing = probeExposure(asked);
    await until(() => told.length === 1);
    return api.asked[0]?.body as { spec: object };
  };
  const containers = [{ name: 'main', image: 'busybox:1.37' }];

  it('put what is let in on fake nodes, so that no container is started for it', async () => {
    const mine = { key: 'mine', operator: 'Exists' };
    const { spec } = await submitted({ spec: { containers, tolerations: [mine] } });
    expect(spec).to.deep.equal({
      containers,
      affinity: { nodeAffinity: nodeAffinityTo('fake') },
      tolerations: [mine, { key: 'falldown.dev/node', operator: 'Exists' }],
    });
  });

  it('leave a pod where it says it wants to run', async () => {
    const nodeSelector = { disk: 'ssd' };
    expect((await submitted({ spec: { containers, nodeSelector } })).spec).to.deep.equal({ containers, nodeSelector });
  });

  it('ask in dry-run for a good pod', async () => {
    api.answer = (_asked, response) => json(response, { metadata: { name: 'good-1' } }, 201);
    probing = probeAdmission(probes());
    await until(() => told.length === 1);
    expect(told[0])
      .to.include({ probe: 'enforcement', subject: 'good', answer: 'admitted' })
      .and.not.have.property('object');
    expect(api.asked[0]?.query.get('dryRun')).to.equal('All');
    expect(api.asked[0]?.body).to.have.nested.property('metadata.generateName', 'good-');
  });

  it('end when they are told to, with nothing said of what is still open', async () => {
    api.answer = () => undefined;
    probing = probeExposure({ ...probes(), fakeNodes: false });
    await until(() => api.asked.length === 1);
    stop.abort();
    await probing;
    expect(told).to.deep.equal([]);
  });
});
