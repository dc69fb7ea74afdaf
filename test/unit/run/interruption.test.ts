import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { Interrupted, onInterruption } from '../../../harness/run/interruption.ts';
import { until } from '../../until.ts';

const CHILD = new URL('./interrupted-child.ts', import.meta.url).pathname;

describe('interruption', () => {
  let child: ChildProcess;
  let out: string;
  const start = async (...args: string[]) => {
    out = '';
    child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await until(() => out.includes('ready'));
  };
  const exit = async (): Promise<number | null> => {
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  afterEach(() => child?.kill('SIGKILL'));

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`by one ${signal} aborts, and leaves time to clean up`, async () => {
      await start('0.2');
      child.kill(signal);
      expect(await exit()).to.equal(0);
      expect(out).to.include(`aborted interrupted ${code} stopped by ${signal}`).and.include('cleaned up');
    });

    it(`by a second ${signal} exits with ${code} at once`, async () => {
      await start('60');
      child.kill(signal);
      await until(() => out.includes('aborted'));
      child.kill(signal);
      expect(await exit()).to.equal(code);
      expect(out).not.to.include('cleaned up');
      expect(out).to.include('falldown cleanup');
    });
  }

  it('by its deadline aborts like a signal, with an exit code of its own', async () => {
    const { signal, release } = onInterruption(() => undefined, 0.05);
    await once(signal, 'abort');
    release();
    expect(signal.reason).to.be.instanceOf(Interrupted);
    expect(signal.reason).to.include({ how: 'deadline', exitCode: 4 });
    expect(signal.reason.message).to.include('0.05 s');
  });

  it('does not take a deadline further off than timers reach for one that has passed', async () => {
    const { signal, release } = onInterruption(() => undefined, 60 * 24 * 3600);
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect(signal.aborted).to.equal(false);
  });

  it('is over when it is released', () => {
    const before = process.listenerCount('SIGINT');
    const { release } = onInterruption(() => undefined, 1);
    expect(process.listenerCount('SIGINT')).to.equal(before + 1);
    release();
    expect(process.listenerCount('SIGINT')).to.equal(before);
  });
});
