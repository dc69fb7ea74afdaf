import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { JournalEntry, SamplerState } from '../../../../harness/journal/events.ts';
import { askForRealTime } from '../../../../harness/observe/sampler/real-time.ts';
import { startSampler } from '../../../../harness/observe/sampler/sampler.ts';
import { until } from '../../../until.ts';

/** Threads of this process that the kernel runs ahead of ordinary ones, and what it starts them with; none without chrt. */
function ahead(): { thread: string; policy: string }[] {
  return readdirSync('/proc/self/task').flatMap((thread) => {
    const { stdout } = spawnSync('chrt', ['--pid', thread], { encoding: 'utf8' });
    const policy = /policy: (SCHED_RR\S*)/.exec(stdout ?? '')?.[1];
    return policy === undefined ? [] : [{ thread, policy }];
  });
}

describe('real-time scheduling of the sampler', () => {
  it('is of its thread alone, where the system allows it, and the sampler says which it was', async () => {
    const allowed = spawnSync('chrt', ['--rr', '1', 'true']).status === 0;
    const told: JournalEntry[] = [];
    const alive = () => told.find((e): e is SamplerState => e.type === 'sampler' && e.op === 'alive');
    const nothing = { requests: [], writes: [], timeoutSeconds: 90, gatewayDeadlineSeconds: null, nowSeconds: 0 };
    const stop = await startSampler(nothing, (entry) => told.push(entry));
    try {
      await until(() => alive() !== undefined);
      expect(alive()?.realTime).to.equal(allowed);
      expect(ahead().map(({ policy }) => policy)).to.deep.equal(allowed ? ['SCHED_RR|SCHED_RESET_ON_FORK'] : []);
      expect(ahead().map(({ thread }) => thread)).not.to.include(String(process.pid));
    } finally {
      await stop();
    }
    await until(() => ahead().length === 0);
  });

  it('is done without where nothing can set it', () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      expect(askForRealTime()).to.equal(false);
    } finally {
      process.env.PATH = PATH;
    }
    expect(ahead()).to.deep.equal([]);
  });
});
