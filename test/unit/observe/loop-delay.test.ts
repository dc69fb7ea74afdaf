import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { loopDelay } from '../../../harness/observe/loop-delay.ts';

describe('loopDelay', () => {
  it('tells how long the thread was busy, in each stretch and in all', async () => {
    const measured = loopDelay();
    try {
      await delay(100);
      const end = performance.now() + 300;
      while (performance.now() < end);
      await delay(100);
      const busy = measured.take();
      await delay(300);
      const idle = measured.take();
      expect(busy.eventLoopDelayP99).to.be.within(0.2, 3);
      expect(idle.eventLoopDelayP99).to.be.lessThan(busy.eventLoopDelayP99);
      expect(idle.overallEventLoopDelayP99).to.equal(busy.overallEventLoopDelayP99);
    } finally {
      measured.stop();
    }
  });
});
