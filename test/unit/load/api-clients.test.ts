import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import type { ClientsTold } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { ApiClients } from '../../../harness/load/api-clients.ts';
import { until } from '../../until.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

describe('API clients', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let told: ClientsTold[];
  let ends: (() => Promise<void>)[];
  /** How the creation of a pod, and a list, is answered. */
  let pods: number;
  let lists: number;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-clients-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    [told, ends, pods, lists] = [[], [], 201, 200];
    journal.subscribe((e) => e.type === 'clients' && told.push(e));
    api = await FakeApi.start(({ method, path, query }, response) => {
      if (path.endsWith('/token')) return json(response, { status: { token: 't' } });
      if (query.get('watch') === 'true') return void response.writeHead(200).flushHeaders();
      if (query.get('dryRun') === 'All')
        return pods === 201
          ? json(response, {}, 201)
          : status(response, pods, 'InternalError', 'failed calling webhook');
      if (method === 'GET' && lists !== 200) return status(response, lists, 'TooManyRequests', 'later');
      json(response, {});
    });
  });
  afterEach(async () => {
    for (const end of ends) await end();
    journal.close();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const clients = (everySeconds = 0.2) => {
    const { profile } = loadProfile({
      profile: 'starvation',
      set: [`workloads.clients.everySeconds=${everySeconds}`],
    });
    return new ApiClients({
      profile,
      admin: api.client(),
      base: api.credentials,
      journal,
      runId: 'r1',
      signal: new AbortController().signal,
      atEnd: (_, undo) => void ends.push(undo),
    });
  };
  const asked = (path: RegExp) =>
    api.asked.filter((a) => path.test(a.path) && a.headers['user-agent'] === 'falldown/clients');
  const dryRuns = () => api.asked.filter((a) => a.query.get('dryRun') === 'All');

  it('list everything again and again, with connections and an account of their own', async () => {
    const crowd = clients();
    await crowd.be({ dashboards: 2 });
    await until(() => asked(/^\/api\/v1\/pods$/).length >= 6);
    expect(asked(/batch\/v1\/jobs$/).length).to.be.above(2);
    const [first] = asked(/^\/api\/v1\/pods$/);
    expect(first?.headers).to.include({ authorization: 'Bearer t', 'accept-encoding': 'gzip' });
  });

  it('watch as kubectl does, and come and go as they are told', async () => {
    const crowd = clients();
    await crowd.be({ watchers: 3 });
    await until(() => api.asked.filter((a) => a.query.get('watch') === 'true').length === 3);
    await crowd.be({ dashboards: 1, watchers: 0 });
    await crowd.leave();
    expect(told.map(({ dashboards, watchers }) => [dashboards, watchers])).to.deep.include.members([
      [0, 3],
      [1, 0],
      [0, 0],
    ]);
  });

  it('retry what is refused with a growing pause, and stop when it is admitted', async () => {
    const crowd = clients(60);
    pods = 500;
    await crowd.be({ controllers: 1 });
    await until(() => dryRuns().length >= 5);
    pods = 201;
    await until(() => dryRuns().length >= 6);
    await new Promise((resolve) => setTimeout(resolve, 400));
    // 5, 10, 20, 40, 80 ms between them; then nothing for a minute.
    expect(dryRuns().length).to.be.within(6, 8);
  });

  it('say what became of their requests when they end', async () => {
    const crowd = clients();
    lists = 429;
    await crowd.be({ dashboards: 1 });
    await until(() => asked(/./).length >= 8);
    for (const end of ends.splice(0)) await end();
    const last = told.findLast((t) => t.asked.dashboard !== undefined);
    expect(last?.asked.dashboard?.turnedAway).to.be.above(0);
    expect(last?.asked.dashboard).to.include({ answered: 0, failed: 0 });
    expect((await failureOf(crowd.be({ dashboards: 2 }))).message).to.contain('told to stop');
  });
});
