import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { openLoop } from '../../../../harness/observe/sampler/open-loop.ts';
import { until } from '../../../until.ts';

describe('open loop', () => {
  it('sends on its schedule, never later than due by its own account', async () => {
    const dues: number[] = [];
    const start = performance.now() + 5;
    const stop = openLoop(start, 10, (due) => dues.push(due));
    await until(() => dues.length >= 10);
    stop();
    // Up to a millisecond early is sent as due now; late is told as it was due.
    for (const [n, due] of dues.entries()) expect(due - (start + n * 10)).to.be.within(-1, 0);
  });

  it('catches up at once after it was held up, with the times at which each was due', async () => {
    const dues: number[] = [];
    const start = performance.now();
    const stop = openLoop(start, 10, (due) => dues.push(due));
    const end = performance.now() + 105;
    while (performance.now() < end);
    await until(() => dues.length >= 11);
    stop();
    expect(dues[10]! - dues[0]!).to.be.closeTo(100, 1);
  });

  it('stops', async () => {
    let sent = 0;
    const stop = openLoop(performance.now(), 5, () => sent++);
    stop();
    await delay(20);
    expect(sent).to.equal(1);
  });
});
