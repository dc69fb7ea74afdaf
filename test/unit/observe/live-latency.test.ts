import { expect } from 'chai';
import type { ApiClass } from '../../../harness/journal/events.ts';
import { LiveLatency } from '../../../harness/observe/live-latency.ts';

describe('live latency', () => {
  const told = (name: ApiClass, waited: number[], open = 0, oldestSeconds = 0) =>
    ({
      type: 'samples',
      class: name,
      via: 'direct',
      protocol: 'h2',
      due: waited.map(() => 0),
      waited,
      open,
      oldestSeconds,
    }) as const;

  it('has a p99 of the last answers, and none before the first', () => {
    const live = new LiveLatency();
    expect(live.p99).to.equal(undefined);
    live.see(
      told(
        'get-pod',
        Array.from({ length: 100 }, (_, i) => (i + 1) / 100),
      ),
    );
    expect(live.p99).to.equal(0.99);
    for (let i = 0; i < 120; i++) live.see(told('list-page', [0.01]));
    expect(live.p99).to.equal(0.01);
  });

  it('shows a stall while it lasts', () => {
    const live = new LiveLatency();
    live.see(told('get-pod', [0.01]));
    live.see(told('get-pod', [], 7, 12.5));
    expect(live.p99).to.equal(12.5);
    live.see(told('get-pod', [0.02]));
    expect(live.p99).to.equal(0.02);
  });

  it('leaves out lists of everything, which take their time on a healthy cluster too', () => {
    const live = new LiveLatency();
    live.see(told('list-all', [4]));
    live.see(told('watch-delay', [3]));
    expect(live.p99).to.equal(undefined);
  });
});
