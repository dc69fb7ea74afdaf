import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { loopbackOf, PodAddresses } from '../../../clusters/providers/embedded/agent/pod-address.ts';
import { ServiceForwarder } from '../../../clusters/providers/embedded/agent/service-forwarder.ts';
import { until } from '../../until.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

// Above every range that clusters take (127.53 … 127.252); by process, as two may be testing on one machine.
const NET = `253.${1 + (process.pid % 250)}`;
const IP = `127.${NET}.200`;
const A = `10.${NET}.1`;
const B = `10.${NET}.2`;
const PORT = 18443;
const TARGET = 19443;

describe('node agent: service forwarder', () => {
  let api: FakeApi;
  let warnings: string[];
  let stop: AbortController;
  let running: Promise<void>;
  let servers: Server[];
  let streams: Record<string, ServerResponse>;
  let revision: number;

  beforeEach(async () => {
    [warnings, servers, streams, revision] = [[], [], {}, 1];
    stop = new AbortController();
    api = await FakeApi.start(({ path, query }, response) => {
      if (query.get('watch') === null) return json(response, { metadata: { resourceVersion: '1' }, items: [] });
      streams[path.split('/').at(-1) as string] = response;
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.flushHeaders();
    });
    running = new ServiceForwarder((warning) => warnings.push(warning)).run(api.credentials, stop.signal);
    await until(() => Object.keys(streams).length === 2);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    for (const server of servers) server.close();
    await api.close();
  });

  const tell = (plural: string, object: { metadata: object }, type = 'MODIFIED') => {
    const metadata = { namespace: 'n', uid: plural, resourceVersion: String(++revision), ...object.metadata };
    streams[plural]?.write(`${JSON.stringify({ type, object: { ...object, metadata } })}\n`);
  };
  const service = (spec: object = {}) =>
    tell('services', {
      metadata: { name: 'svc' },
      spec: { clusterIP: IP, ports: [{ name: 'https', port: PORT }], ...spec },
    } as { metadata: object });
  const endpoints = (list: [string, object?][], more: object = {}, type?: string) =>
    tell(
      'endpointslices',
      {
        metadata: { name: 'svc-x', labels: { 'kubernetes.io/service-name': 'svc' } },
        ports: [{ name: 'https', port: TARGET }],
        endpoints: list.map(([address, conditions = { ready: true }]) => ({ addresses: [address], conditions })),
        ...more,
      } as { metadata: object },
      type,
    );
  /** A pod's process, which says its name and echoes. */
  const pod = async (podIP: string) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(podIP);
      socket.pipe(socket);
    }).listen(TARGET, loopbackOf(podIP));
    servers.push(server);
    await once(server, 'listening');
  };
  /** Who answers at the Service now; the error's code when nobody does. */
  const answers = (port = PORT): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, IP);
      socket.on('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  const settles = async (expected: string) => {
    let last = '';
    const deadline = Date.now() + 3_000;
    while (last !== expected && Date.now() < deadline) last = await answers();
    expect(last).to.equal(expected);
  };

  it('passes on later what callers send to a Service that says so, also on connections that are open', async () => {
    await pod(A);
    service();
    endpoints([[A]]);
    await settles(A);
    const open = connect(PORT, IP);
    await once(open, 'data');
    const echo = async () => {
      const began = performance.now();
      open.write('x');
      await once(open, 'data');
      return performance.now() - began;
    };
    expect(await echo()).to.be.below(200);
    const slow = { metadata: { name: 'svc', annotations: { 'falldown.dev/delay-seconds': '0.3' } } };
    tell('services', { ...slow, spec: { clusterIP: IP, ports: [{ name: 'https', port: PORT }] } } as typeof slow);
    while ((await echo()) < 290);
    service();
    while ((await echo()) > 200);
    open.destroy();
  });

  it('refuses connections while no endpoint is ready, and carries them when one is', async () => {
    await pod(A);
    service();
    endpoints([[A, { ready: false }]]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await answers()).to.equal('ECONNREFUSED');
    endpoints([[A]]);
    await settles(A);
    endpoints([[A, { ready: false, serving: false, terminating: true }]]);
    await settles('ECONNREFUSED');
  });

  it('goes over to another endpoint for new connections, and lets old ones be', async () => {
    await pod(A);
    await pod(B);
    service();
    endpoints([[A]]);
    await settles(A);
    const old = connect(PORT, IP);
    await once(old, 'data');
    endpoints([[B]]);
    await settles(B);
    old.write('still here');
    expect(String((await once(old, 'data'))[0])).to.equal('still here');
    old.destroy();
  });

  it('spreads connections over all that are ready', async () => {
    await pod(A);
    await pod(B);
    service();
    endpoints([[A], [B]]);
    const seen = new Set<string>();
    await settles(A);
    for (let i = 0; i < 60 && seen.size < 2; i++) seen.add(await answers());
    expect([...seen]).to.have.members([A, B]);
  });

  it('falls back on those that still serve while they end, and only then', async () => {
    await pod(A);
    await pod(B);
    const ending = { ready: false, serving: true, terminating: true };
    service();
    endpoints([[A, ending]]);
    await settles(A);
    endpoints([[A, ending], [B]]);
    await settles(B);
    for (let i = 0; i < 10; i++) expect(await answers()).to.equal(B);
  });

  it('ends a connection whose backend has no process', async () => {
    service();
    endpoints([[`10.${NET}.9`]]);
    await until(() => api.asked.length >= 4);
    const ended = await new Promise<string>((resolve) => {
      const attempt = () => {
        const socket = connect(PORT, IP);
        socket.on('error', (error: NodeJS.ErrnoException) =>
          error.code === 'ECONNREFUSED' ? setTimeout(attempt, 5) : resolve(error.code ?? ''),
        );
        socket.on('close', (hadError) => hadError || resolve('closed'));
        socket.resume();
      };
      attempt();
    });
    expect(ended).to.be.oneOf(['closed', 'ECONNRESET']);
  });

  it('stops listening when the Service or its slice is deleted, and moves to a new port', async () => {
    await pod(A);
    service();
    endpoints([[A]]);
    await settles(A);
    service({ ports: [{ name: 'https', port: PORT + 1 }] });
    await settles('ECONNREFUSED');
    expect(await answers(PORT + 1)).to.equal(A);
    service();
    await settles(A);
    endpoints([], {}, 'DELETED');
    await settles('ECONNREFUSED');
  });

  it('takes the slice’s port of the same name, in the same namespace', async () => {
    await pod(A);
    service();
    endpoints([[A]], { ports: [{ name: 'metrics', port: 8000 }] });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await answers()).to.equal('ECONNREFUSED');
    endpoints([[A]], {
      metadata: { name: 'svc-x', uid: 'other', namespace: 'm', labels: { 'kubernetes.io/service-name': 'svc' } },
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await answers()).to.equal('ECONNREFUSED');
  });

  it('has nothing to do with headless Services and other protocols', async () => {
    service({ clusterIP: 'None' });
    endpoints([[A]]);
    tell('services', {
      metadata: { name: 'svc' },
      spec: { clusterIP: IP, ports: [{ name: 'https', port: PORT, protocol: 'UDP' }] },
    } as { metadata: object });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await answers()).to.equal('ECONNREFUSED');
    expect(warnings).to.deep.equal([]);
  });

  it('says where it cannot listen', async () => {
    const taken = createServer().listen(PORT, IP);
    servers.push(taken);
    await once(taken, 'listening');
    service();
    endpoints([[A]]);
    await until(() => warnings.length > 0);
    expect(warnings[0]).to.include(`${IP}:${PORT}`).and.include('EADDRINUSE');
  });
});

describe('node agent: pod addresses', () => {
  it('stay out of the Services’ half of the range, and come round only after all are used', () => {
    const addresses = new PodAddresses(53);
    const all = Array.from({ length: 127 * 254 }, () => addresses.take());
    expect([all[0], all[253], all[254], all.at(-1)]).to.deep.equal([
      '10.53.128.1',
      '10.53.128.254',
      '10.53.129.1',
      '10.53.254.254',
    ]);
    expect(new Set(all).size).to.equal(all.length);
    expect(addresses.take()).to.equal('10.53.128.1');
    expect(loopbackOf('10.53.128.1')).to.equal('127.53.128.1');
  });
});
