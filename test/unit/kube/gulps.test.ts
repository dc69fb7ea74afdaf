import { Readable } from 'node:stream';
import { expect } from 'chai';
import { gulps } from '../../../harness/kube/gulps.ts';
import { until } from '../../until.ts';
import { failureOf } from './fake-api.ts';

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
    expect(read.at(-1)!.at - read[0]!.at).to.be.above(40);
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
    expect(performance.now() - began, '200 rests would be 10 s').to.be.below(2000);
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
