import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runNodeAgent } from '../../../clusters/providers/embedded/agent/node-agent.ts';
import { until } from '../../until.ts';
import { FakeApi, json } from '../kube/fake-api.ts';
import { agentConfig } from './agent-config.ts';

describe('node agent', () => {
  let dir: string;
  let api: FakeApi;
  let stop: AbortController;
  let running: Promise<void>;
  let stream: ServerResponse | undefined;
  let items: object[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-agent-'));
    [items, stream] = [[], undefined];
    stop = new AbortController();
    api = await FakeApi.start(({ path, query }, response) => {
      if (path.endsWith('/token')) return json(response, { status: { token: 't' } });
      if (path !== '/api/v1/pods') return json(response, {});
      if (query.get('watch') === null) return json(response, { metadata: { resourceVersion: '1' }, items });
      stream = response;
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.flushHeaders();
    });
  });
  afterEach(async () => {
    for (const name of ['a', 'b']) tell('DELETED', pod(name));
    await until(() => started().every((pid) => !alive(pid)));
    stop.abort();
    await running;
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = () => {
    running = runNodeAgent(agentConfig(dir), api.credentials, stop.signal);
    return until(() => stream);
  };
  const pod = (name: string, metadata: object = {}, status: object = {}) => ({
    metadata: { namespace: 'n', name, uid: name, resourceVersion: '2', ...metadata },
    spec: { nodeName: 'real-0', containers: [{ name: 'main', image: 'busybox', command: ['sleep', '60'] }] },
    status,
  });
  const tell = (type: string, object: object) => stream?.write(`${JSON.stringify({ type, object })}\n`);
  const log = () =>
    readFileSync(join(dir, 'processes.ndjson'), { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { op: string; pod: string; pid: number });
  const started = () =>
    log()
      .filter(({ op }) => op === 'started')
      .map(({ pid }) => pid);
  const alive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('is the node to the API server, for everything it asks', async () => {
    await start();
    tell('ADDED', pod('a'));
    await until(() => api.by('POST').some(({ path }) => path.endsWith('/events')));
    for (const { path, headers } of api.asked) {
      expect(headers, path).to.include({
        'impersonate-user': 'system:node:real-0',
        'impersonate-group': 'system:nodes',
        'user-agent': 'falldown/node-agent/real-0',
      });
    }
    expect(api.asked.find(({ path }) => path === '/api/v1/pods')?.query.get('fieldSelector')).to.equal(
      'spec.nodeName=real-0',
    );
  });

  it('renews its lease', async () => {
    await start();
    await until(() => api.by('PATCH').some(({ path }) => path.endsWith('/kube-node-lease/leases/real-0')));
    const lease = api.by('PATCH').find(({ path }) => path.includes('/leases/'))?.body as { spec: object };
    expect(lease.spec).to.include({ holderIdentity: 'real-0', leaseDurationSeconds: 40 });
  });

  it('runs what is there and what comes, and each pod with an address of its own', async () => {
    items = [pod('a')];
    await start();
    tell('ADDED', pod('b'));
    const addresses = () =>
      api
        .by('PATCH')
        .filter(({ path }) => path.endsWith('/status'))
        .map(({ path, body }) => `${path.split('/').at(-2)} ${(body as { status: { podIP: string } }).status.podIP}`);
    await until(() => new Set(addresses()).size === 2 && started().length === 2);
    expect(addresses()).to.include.members(['a 10.53.128.1', 'b 10.53.128.2']);
  });

  it('leaves pods alone that have ended already, and finishes those that were deleted before it came', async () => {
    const deletion = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 };
    items = [pod('a', {}, { phase: 'Succeeded' }), pod('b', deletion)];
    await start();
    await until(() => api.by('DELETE').length === 1);
    expect(api.by('DELETE')[0]?.path).to.equal('/api/v1/namespaces/n/pods/b');
    expect(started()).to.deep.equal([]);
  });

  it('says the last word on a pod that has ended and waits for its deletion, and tells nothing new of it', async () => {
    const deletion = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30 };
    items = [pod('a', deletion, { phase: 'Succeeded', podIP: '10.53.128.7' })];
    await start();
    await until(() => api.by('DELETE').length === 1);
    expect(api.by('PATCH').filter(({ path }) => path.endsWith('/status'))).to.deep.equal([]);
  });

  it('goes on where an earlier agent stopped: addresses stay, and init containers that completed are not repeated', async () => {
    const done = { name: 'init', state: { terminated: { exitCode: 0, reason: 'Completed' } } };
    const before = pod('a', {}, { phase: 'Running', podIP: '10.53.128.1', initContainerStatuses: [done] });
    const init = { name: 'init', image: 'busybox', command: ['false'] };
    items = [pod('b'), { ...before, spec: { ...before.spec, initContainers: [init] } }];
    await start();
    const statuses = () => api.by('PATCH').filter(({ path }) => path.endsWith('/status'));
    const addressOf = (name: string) =>
      statuses()
        .filter(({ path }) => path.includes(`/${name}/`))
        .map(({ body }) => (body as { status: { podIP: string } }).status.podIP)[0];
    await until(() => started().length === 2 && addressOf('a') !== undefined && addressOf('b') !== undefined);
    expect([addressOf('a'), addressOf('b')]).to.deep.equal(['10.53.128.1', '10.53.128.2']);
  });

  it('kills what vanishes', async () => {
    items = [pod('a')];
    await start();
    await until(() => started().length === 1);
    tell('DELETED', pod('a'));
    await until(() => !alive(started()[0]!));
  });
});
