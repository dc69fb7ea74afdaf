import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Live } from '../../../../harness/observe/live.ts';
import { onGrid } from '../../../../harness/observe/metrics/collect-claims.ts';
import { startExporter } from '../../../../harness/observe/metrics/exporter.ts';
import { Queue } from '../../../../harness/observe/metrics/queue.ts';
import { startStatsdClient } from '../../../../harness/observe/metrics/statsd-client.ts';

const live = (running: number, done: number, segments = 20) =>
  ({
    encoding: { Running: running, Succeeded: done },
    jobs: new Map([['encode', { completions: segments }]]),
  }) as unknown as Live;

describe('metrics: what the queue publishes', () => {
  it('counts what runs, what waits and what is done, and when it last moved', () => {
    const state = live(3, 10);
    const queue = new Queue(state);
    const first = queue.now();
    expect(first).to.include({ running: 3, waiting: 7, framesEncoded: 2400 });
    expect(first.lastProgress).to.be.closeTo(Date.now() / 1000, 1);
    expect(queue.now().lastProgress).to.equal(first.lastProgress);
    expect(new Queue(live(0, 0, 0)).now()).to.include({ running: 0, waiting: 0 });
  });

  it('is answered at /metrics, until it is ended as a killed process is', async () => {
    const exporter = await startExporter(() => new Queue(live(3, 10)).now());
    const answer = await fetch(`http://${exporter.address}/metrics`);
    expect(answer.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).to.match(/# TYPE encoding_jobs_running gauge\nencoding_jobs_running 3\n/);
    expect((await fetch(`http://${exporter.address}/`)).status).to.equal(404);
    exporter.end();
    const refused = await fetch(`http://${exporter.address}/metrics`).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
  });

  it('is sent as StatsD gauges, one line each', async () => {
    const receiver = createSocket('udp4');
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const client = startStatsdClient(() => new Queue(live(3, 10)).now(), { host: '127.0.0.1', port }, ['long'], 60);
    const [message] = (await once(receiver, 'message')) as [Buffer];
    expect(message.toString().split('\n')).to.include('long.jobs_running:3|g');
    client.end();
    receiver.close();
  });

  it('is put on a grid, with null where a server shows nothing', () => {
    expect(
      onGrid(
        [
          [10, 1],
          [10.5, 2],
          [12, 3],
        ],
        10,
        12,
        0.5,
      ),
    ).to.deep.equal([1, 2, null, null, 3]);
    expect(onGrid([], 10, 11, 0.5)).to.deep.equal([null, null, null]);
  });
});
