import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { expect } from 'chai';
import { attempt, type ProbeChange, runProbe } from '../../../clusters/providers/embedded/agent/probe.ts';
import { until } from '../../until.ts';

const container: V1Container = { name: 'c', ports: [{ name: 'web', containerPort: 1 }] };

describe('node agent: probe', () => {
  let server: Server;
  let answers: (number | undefined)[];
  let asked: number;
  let stop: AbortController;
  let port: number;
  beforeEach(async () => {
    [answers, asked] = [[], 0];
    stop = new AbortController();
    server = createServer((_request, response) => {
      const code = answers[Math.min(asked++, answers.length - 1)];
      if (code !== undefined) response.writeHead(code).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    stop.abort();
    server.closeAllConnections();
    server.close();
  });

  const run = (probe: V1Probe, startedAt = Date.now()) => {
    const changes: (ProbeChange & { after: number })[] = [];
    const spec: V1Probe = { httpGet: { path: '/x', port }, periodSeconds: 0.02, ...probe };
    const done = runProbe(
      spec,
      container,
      '127.0.0.1',
      startedAt,
      (c) => changes.push({ ...c, after: asked }),
      stop.signal,
    );
    return { changes, done };
  };
  const once_ = (probe: V1Probe, host = '127.0.0.1') => attempt(probe, container, host, stop.signal);

  it('tells each change once, and keeps to its thresholds', async () => {
    answers = [500, 500, 500, 500, 200, 500, 200, 200, 200, 500, 500, 500, 500];
    const { changes } = run({ failureThreshold: 3, successThreshold: 2 });
    await until(() => asked >= 13);
    expect(changes.map(({ healthy, after }) => [healthy, after])).to.deep.equal([
      [false, 3],
      [true, 8],
      [false, 12],
    ]);
    expect(changes[0]?.message).to.equal('HTTP probe failed with statuscode: 500');
  });

  it('fails at the third failure and passes at the first success unless told otherwise', async () => {
    answers = [500, 500, 500, 200];
    const { changes } = run({});
    await until(() => changes.length === 2);
    expect(changes.map(({ after }) => after)).to.deep.equal([3, 4]);
  });

  it('waits its initial delay from the container’s start, not from its own', async () => {
    answers = [200];
    const begun = Date.now();
    const { changes } = run({ initialDelaySeconds: 30 }, begun - 29_800);
    await until(() => changes.length === 1);
    expect(Date.now() - begun).to.be.within(180, 3_000);
  });

  it('ends on abort, in its initial delay and between two attempts', async () => {
    const waiting = run({ initialDelaySeconds: 600 });
    answers = [200];
    const looping = run({ periodSeconds: 600 });
    await until(() => looping.changes.length === 1);
    stop.abort();
    await Promise.all([waiting.done, looping.done]);
    expect(waiting.changes).to.deep.equal([]);
  });

  it('takes 2xx and 3xx for well, and the rest not', async () => {
    for (const [code, well] of [
      [200, true],
      [204, true],
      [302, true],
      [399, true],
      [400, false],
      [404, false],
      [503, false],
    ] as const) {
      answers = [code];
      expect((await once_({ httpGet: { port } })) === undefined, `${code}`).to.equal(well);
    }
  });

  it('says that nothing came in time, or that nobody listens', async () => {
    answers = [undefined];
    expect(await once_({ httpGet: { port }, timeoutSeconds: 0.1 })).to.include('no answer within 0.1 s');
    server.closeAllConnections();
    server.close();
    expect(await once_({ httpGet: { port } })).to.include('ECONNREFUSED');
    expect(await once_({ tcpSocket: { port } })).to.include('ECONNREFUSED');
  });

  it('finds a port by its name', async () => {
    const named = { ...container, ports: [{ name: 'web', containerPort: port }] };
    answers = [200];
    expect(await attempt({ httpGet: { port: 'web' } }, named, '127.0.0.1', stop.signal)).to.equal(undefined);
  });

  it('connects for tcpSocket, and says what it cannot do', async () => {
    const tcp: TcpServer = createTcp((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    expect(await once_({ tcpSocket: { port: (tcp.address() as AddressInfo).port } })).to.equal(undefined);
    tcp.close();
    expect(await once_({ exec: { command: ['true'] } })).to.include('only httpGet and tcpSocket');
  });
});
