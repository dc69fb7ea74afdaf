import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { JournalEntry, SamplerState } from '../../../../harness/journal/events.ts';
import { askForRealTime } from '../../../../harness/observe/sampler/real-time.ts';
import { startSampler } from '../../../../harness/observe/sampler/sampler.ts';
import { until } from '../../../until.ts';

const ROUND_ROBIN = 2;

/** Threads of this process that the kernel runs ahead of ordinary ones. */
function aheadOfOthers(): string[] {
  return readdirSync('/proc/self/task').filter((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    // `policy` is field 41; the name in field 2 may hold spaces.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38]) === ROUND_ROBIN;
  });
}

describe('real-time scheduling of the sampler', () => {
  it('is of its thread alone, and the sampler says whether the system allowed it', async () => {
    const told: JournalEntry[] = [];
    const alive = () => told.find((e): e is SamplerState => e.type === 'sampler' && e.op === 'alive');
    const nothing = { requests: [], writes: [], timeoutSeconds: 90, gatewayDeadlineSeconds: null, nowSeconds: 0 };
    const stop = await startSampler(nothing, (entry) => told.push(entry));
    try {
      await until(() => alive() !== undefined);
      expect(alive()?.realTime).to.be.a('boolean');
      expect(aheadOfOthers()).to.have.length(alive()?.realTime ? 1 : 0);
    } finally {
      await stop();
    }
  });

  it('is done without where nothing can set it', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      expect(await askForRealTime()).to.equal(false);
    } finally {
      process.env.PATH = PATH;
    }
    expect(aheadOfOthers()).to.have.length(0);
  });
});
