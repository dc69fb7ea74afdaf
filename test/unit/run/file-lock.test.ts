import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { withFileLock } from '../../../harness/file-lock.ts';
import { identityOf } from '../../../harness/processes.ts';
import { until } from '../../until.ts';
import { failureOf } from '../kube/fake-api.ts';

const CHILD = new URL('./locking-child.ts', import.meta.url).pathname;
const DEAD = { pid: 2 ** 22 + 1, startTicks: '1' };

describe('withFileLock', () => {
  let dir: string;
  let lock: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-lock-'));
    lock = join(dir, 'state', 'x.lock');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const left = () => readdirSync(join(dir, 'state'));
  const write = (holder: unknown) => {
    rmSync(lock, { force: true });
    writeFileSync(lock, typeof holder === 'string' ? holder : JSON.stringify(holder));
  };

  it('is held while the work goes on, signed, and gone after it', async () => {
    const value = await withFileLock(lock, async () => {
      expect(JSON.parse(readFileSync(lock, 'utf8'))).to.deep.equal(identityOf(process.pid));
      return 42;
    });
    expect(value).to.equal(42);
    expect(left()).to.deep.equal([]);
  });

  it('is gone after work that failed', async () => {
    const work = withFileLock(lock, () => Promise.reject(new Error('no')));
    expect((await failureOf(work)).message).to.equal('no');
    expect(left()).to.deep.equal([]);
  });

  it('lets one in at a time, and tells the others once who holds it', async () => {
    let inside = 0;
    let most = 0;
    const waits: (number | undefined)[] = [];
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 120));
      inside -= 1;
    };
    const onWait = (holder?: { pid: number }) => waits.push(holder?.pid);
    await Promise.all([1, 2, 3].map(() => withFileLock(lock, work, { onWait })));
    expect(most).to.equal(1);
    expect(waits).to.deep.equal([process.pid, process.pid]);
  });

  for (const [what, holder] of [
    ['whose holder has died', DEAD],
    ['whose holder’s number is another process’s now', { pid: process.pid, startTicks: '1' }],
  ] as const) {
    it(`takes over one ${what}`, async () => {
      await withFileLock(lock, async () => undefined);
      write(holder);
      expect(await withFileLock(lock, async () => 'mine')).to.equal('mine');
      expect(left()).to.deep.equal([]);
    });
  }

  it('is taken over by one alone, however many find its holder dead at once', async () => {
    await withFileLock(lock, async () => undefined);
    let inside = 0;
    let most = 0;
    for (let round = 0; round < 20; round++) {
      write({ ...DEAD, startTicks: `${round}` });
      const work = async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 3));
        inside -= 1;
      };
      await Promise.all([1, 2, 3, 4].map(() => withFileLock(lock, work)));
    }
    expect(most).to.equal(1);
    expect(left()).to.deep.equal([]);
  });

  it('takes over one that nobody signed, but only after the time that signing takes', async () => {
    await withFileLock(lock, async () => undefined);
    write('');
    let taken = false;
    const work = withFileLock(lock, async () => {
      taken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(taken).to.equal(false);
    const old = Date.now() / 1000 - 60;
    utimesSync(lock, old, old);
    await work;
    expect(taken).to.equal(true);
    expect(left()).to.deep.equal([]);
  });

  it('stops waiting when it is told to, and leaves the lock to its holder', async () => {
    const stop = new AbortController();
    let waiting = false;
    await withFileLock(lock, async () => {
      const onWait = () => {
        waiting = true;
      };
      const second = withFileLock(lock, async () => 'never', { signal: stop.signal, onWait });
      await until(() => waiting);
      stop.abort();
      expect((await failureOf(second)).name).to.equal('AbortError');
      expect(existsSync(lock)).to.equal(true);
    });
  });

  it('never lets two processes in at once, also when many take over a dead one’s', async function () {
    this.timeout(30_000);
    await withFileLock(lock, async () => undefined);
    const log = join(dir, 'log');
    writeFileSync(log, '');
    write(DEAD);
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [CHILD, lock, log, '25'], { stdio: 'inherit' }),
    );
    try {
      const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
      expect(codes).to.deep.equal([0, 0, 0, 0]);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).to.have.length(4 * 25 * 2);
    for (let i = 0; i < lines.length; i += 2) {
      expect([lines[i], lines[i + 1]].map((line) => line?.split(' ')[0])).to.deep.equal(['in', 'out']);
      expect(lines[i]?.split(' ')[1], `line ${i}`).to.equal(lines[i + 1]?.split(' ')[1]);
    }
    expect(left()).to.deep.equal([]);
  });
});
