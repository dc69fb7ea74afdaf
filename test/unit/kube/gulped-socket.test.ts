import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { KubeClient } from '../../../harness/kube/client.ts';
import { GulpedSocket } from '../../../harness/kube/gulped-socket.ts';
import { watch } from '../../../harness/kube/watch.ts';
import { selfSigned } from '../../../harness/observe/gateway/certificate.ts';
import { until } from '../../until.ts';
import { FakeApi, failureOf, json } from './fake-api.ts';

describe('a stream that is read in gulps', () => {
  const { key, cert } = selfSigned();
  let server: Server;
  let client: KubeClient;
  /** The server's side of the stream. */
  let response: ServerResponse;
  let stream: AsyncIterable<Buffer>;
  /** The chunks read so far, and when; milliseconds. */
  let read: { text: string; at: number }[];
  /** Resolves when the reader has come to its end. */
  let done: Promise<void>;

  beforeEach(async () => {
    read = [];
    server = createServer({ key, cert }, (_request, answer) => {
      response = answer;
      answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new KubeClient({ cluster: 'c', server: at, user: 'tester', headers: {}, tls: { ca: cert } });
    stream = await client.stream('/watch', { accept: 'application/json', inGulps: true });
  });
  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });

  const reading = () => {
    done = (async () => {
      for await (const chunk of stream) read.push({ text: chunk.toString(), at: performance.now() });
    })();
    done.catch(() => undefined);
  };
  const text = () => read.map((chunk) => chunk.text).join('');

  it('hands out at once what comes after a silence', async () => {
    reading();
    await delay(150);
    response.write('a');
    const written = performance.now();
    await until(() => read.length === 1);
    expect(read[0]!.at - written).to.be.below(45);
  });

  it('reads together what comes during a rest', async () => {
    reading();
    await delay(150);
    response.write('a');
    await until(() => read.length === 1);
    for (const letter of 'bcd') {
      await delay(2);
      response.write(letter);
    }
    await until(() => text() === 'abcd');
    // The first may have come before the rest began.
    expect(read.length, JSON.stringify(read)).to.be.below(4);
    expect(read.at(-1)!.at - read[0]!.at).to.be.above(90);
  });

  const BLOCK = 'x'.repeat(64 * 1024);
  const writeBlocks = async (count: number) => {
    for (let n = 0; n < count; n++) if (!response.write(BLOCK)) await once(response, 'drain');
    response.end();
  };

  it('reads all of what is more than a gulp', async () => {
    reading();
    await Promise.all([writeBlocks(400), done]);
    expect(text().length).to.equal(400 * BLOCK.length);
  });

  it('does not rest while there is more', async () => {
    const socket = new Socket();
    let rests = 0;
    socket.pause = () => {
      rests += 1;
      return socket;
    };
    const gulped = new GulpedSocket(socket).resume();
    for (let n = 0; n < 200; n++) {
      gulped.receive(Buffer.from('x'), 1);
      await turn();
    }
    expect(rests).to.equal(0);
    await until(() => rests === 1);
    gulped.destroy();
  });

  it('leaves with the server what its reader does not take', async () => {
    const writing = writeBlocks(400);
    // Until the server was stuck for a while.
    for (let before = -1; response.socket!.bytesWritten !== before; await delay(250))
      before = response.socket!.bytesWritten;
    expect(response.socket!.bytesWritten).to.be.below(16 * 1024 * 1024);
    reading();
    await Promise.all([writing, done]);
    expect(text().length).to.equal(400 * BLOCK.length);
  });

  it('reads to the end, however it was split', async () => {
    reading();
    for (const letter of 'abc') response.write(letter);
    response.end('d');
    await done;
    expect(text()).to.equal('abcd');
  });

  it('throws when the connection breaks, after what was read', async () => {
    reading();
    response.write('a');
    await until(() => read.length === 1);
    response.socket!.destroy();
    await failureOf(done);
    expect(text()).to.equal('a');
  });

  it('closes the connection when its reader leaves', async () => {
    const closed = once(response, 'close');
    response.write('a');
    for await (const _ of stream) break;
    await closed;
  });

  it('says why there is no connection', async () => {
    const stranger = new KubeClient({ cluster: 'c', server: client.server, user: 'tester', headers: {}, tls: {} });
    const failure = await failureOf(stranger.stream('/watch', { accept: 'application/json', inGulps: true }));
    await stranger.close();
    expect(failure.message).to.contain('certificate');
  });
});

describe('a watch, in gulps or as it comes', () => {
  /** How long it takes to be told of ten changes, each of which is made when the one before was told of; milliseconds. */
  const tenInTurn = async (options: { inGulps?: boolean }) => {
    const opened = Promise.withResolvers<ServerResponse>();
    const api = await FakeApi.start((asked, response) => {
      if (asked.query.get('watch') === null) return json(response, { metadata: { resourceVersion: '1' }, items: [] });
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      return opened.resolve(response);
    });
    const stop = new AbortController();
    let told = 0;
    const onObject = () => {
      told += 1;
    };
    const running = watch(api.client(), '/api/v1/pods', options, { onObject }, stop.signal);
    const response = await opened.promise;
    const began = performance.now();
    for (let n = 1; n <= 10; n++) {
      const object = { metadata: { name: `p${n}`, uid: `${n}`, resourceVersion: `${n + 1}` } };
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      await until(() => told === n);
    }
    const took = performance.now() - began;
    stop.abort();
    await running.done;
    await api.close();
    return took;
  };

  // A kubelet that looks at a deletion 50 ms late ends its container 50 ms late.
  it('tells each change as it comes', async () => {
    expect(await tenInTurn({})).to.be.below(300);
  });

  it('tells changes together where that is asked for', async () => {
    expect(await tenInTurn({ inGulps: true })).to.be.above(300);
  });
});
