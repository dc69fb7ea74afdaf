import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { gulps } from '../../../harness/kube/gulps.ts';
import { watch } from '../../../harness/kube/watch.ts';
import { until } from '../../until.ts';
import { FakeApi, failureOf, json } from './fake-api.ts';

describe('gulps of a stream', () => {
  /** The chunks read so far, and when; milliseconds. */
  let read: { text: string; at: number }[];
  let stream: Readable;
  /** Resolves when the reader has come to its end. */
  let done: Promise<void>;

  beforeEach(() => {
    read = [];
    // With no room of its own, as the streams of a cluster are.
    stream = new Readable({ highWaterMark: 1, read: () => undefined });
    done = (async () => {
      for await (const chunk of gulps(stream)) read.push({ text: chunk.toString(), at: performance.now() });
    })();
    done.catch(() => undefined);
  });
  afterEach(() => stream.destroy());

  const text = () => read.map((chunk) => chunk.text).join('');

  it('hands out at once what comes after a silence', async () => {
    stream.push('a');
    const pushed = performance.now();
    await until(() => read.length === 1);
    expect(read[0]!.at - pushed).to.be.below(45);
  });

  it('reads together what comes during a rest', async () => {
    stream.push('a');
    await until(() => read.length === 1);
    for (const letter of 'bcd') {
      await new Promise((turn) => setTimeout(turn, 2));
      stream.push(letter);
    }
    await until(() => text() === 'abcd');
    // The first may have come before the rest began.
    expect(read.length, JSON.stringify(read)).to.be.below(4);
    expect(read.at(-1)!.at - read[0]!.at).to.be.above(90);
  });

  it('does not rest while there is more', async () => {
    let left = 200;
    stream = new Readable({
      highWaterMark: 1,
      read() {
        setImmediate(() => this.push(left-- > 0 ? 'x' : null));
      },
    });
    const began = performance.now();
    let bytes = 0;
    for await (const chunk of gulps(stream)) bytes += chunk.length;
    expect(bytes).to.equal(200);
    expect(performance.now() - began, '200 rests would be 20 s').to.be.below(2000);
  });

  it('reads to the end, however it was split', async () => {
    for (const letter of 'abc') stream.push(letter);
    stream.push(null);
    await done;
    expect(text()).to.equal('abc');
  });

  it('throws what the stream fails with, after what was read', async () => {
    stream.push('a');
    await until(() => read.length === 1);
    stream.destroy(new Error('cut'));
    expect((await failureOf(done)).message).to.equal('cut');
    expect(text()).to.equal('a');
  });

  it('does not take a stream that was closed early for one that ended', async () => {
    stream.push('a');
    await until(() => read.length === 1);
    stream.destroy();
    expect((await failureOf(done)).message).to.equal('the stream was closed before its end');
  });

  it('closes the stream when its reader leaves', async () => {
    const left = new Readable({ highWaterMark: 1, read: () => undefined });
    left.push('a');
    for await (const _ of gulps(left)) break;
    expect(left.destroyed).to.equal(true);
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
