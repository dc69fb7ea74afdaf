import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { takeOver, withLock } from '../../../clusters/toolchain/lock.ts';
import { processStart } from '../../../clusters/toolchain/process-age.ts';
import { resolve } from '../../../clusters/toolchain/resolve.ts';
import { type Bench, bench, rejection, until } from './workbench.ts';

describe('toolchain: two at once, and stopped ones', function () {
  this.timeout(20_000);
  let b: Bench;
  let slow: string;
  beforeEach(async () => {
    b = await bench();
    slow = path.join(b.folder, 'go-on');
  });
  afterEach(() => b.close());

  const building = (): Promise<boolean> =>
    stat(`${slow}.pid`).then(
      () => true,
      () => false,
    );

  it('builds once for two that start at once; the second says whom it waits for', async () => {
    b.env.GO_SLOW = slow;
    const both = Promise.all([resolve('alpha', undefined, b.options()), resolve('alpha', undefined, b.options())]);
    await until(async () => b.said.length > 0);
    expect(b.said[0]).to.contain(`(pid ${process.pid}) is building alpha 1.2.3`);
    await writeFile(slow, '');
    const found = await both;
    expect(found.map((f) => f.how).sort()).to.deep.equal(['build', 'cache']);
    expect(await b.builds()).to.have.lengthOf(1);
  });

  it('takes over the lock of a process that is gone, and removes what that one left', async () => {
    const done = await resolve('alpha', undefined, b.options());
    const key = path.basename(done.path);
    const gone = spawn('true');
    await once(gone, 'exit');
    const lock = path.join(b.cache, 'locks', `${key}.lock`);
    await writeFile(lock, JSON.stringify({ id: 'x', host: os.hostname(), pid: gone.pid, start: '1' }));
    await mkdir(path.join(b.cache, 'tmp', `${key}.left`));
    await writeFile(`${done.path}.json`, '{}');
    expect((await resolve('alpha', undefined, b.options())).how).to.equal('build');
    expect(await readdir(path.join(b.cache, 'locks'))).to.deep.equal([]);
    expect(await readdir(path.join(b.cache, 'tmp'))).to.deep.equal([]);
  });

  it('is not fooled by another process that got the same pid', async () => {
    const file = path.join(b.folder, 'l.lock');
    const holder = { id: 'x', host: os.hostname(), pid: process.pid, start: 'long ago' };
    await writeFile(file, JSON.stringify(holder));
    const signal = new AbortController().signal;
    expect(
      await withLock(
        file,
        signal,
        () => undefined,
        async () => 'mine',
      ),
    ).to.equal('mine');
  });

  it('lets one at a time in, though many see the same dead holder', async () => {
    const file = path.join(b.folder, 'l.lock');
    await writeFile(file, JSON.stringify({ id: 'x', host: os.hostname(), pid: 2 ** 22 + 1, start: '1' }));
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((tick) => setTimeout(tick, 5));
      inside--;
    };
    const signal = new AbortController().signal;
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, signal, () => undefined, work)));
    expect(most).to.equal(1);
    expect((await readdir(b.folder)).filter((f) => f.startsWith('l.lock'))).to.deep.equal([]);
  });

  it('does not take a lock that got a new holder since the dead one was seen', async () => {
    const file = path.join(b.folder, 'l.lock');
    const holder = { host: os.hostname(), pid: process.pid, start: '1' };
    await writeFile(file, JSON.stringify({ id: 'new', ...holder }));
    await writeFile(`${file}.mine`, JSON.stringify({ id: 'mine', ...holder }));
    expect(await takeOver(file, `${file}.mine`, { id: 'dead', ...holder })).to.equal(false);
    expect(JSON.parse(await readFile(file, 'utf8'))).to.include({ id: 'new' });
  });

  it('stops waiting for a live holder on abort', async () => {
    const file = path.join(b.folder, 'l.lock');
    const live: ChildProcess = spawn('sleep', ['60']);
    const start = await processStart(live.pid!);
    await writeFile(file, JSON.stringify({ id: 'x', host: os.hostname(), pid: live.pid, start }));
    const stop = new AbortController();
    const onWait = (pid: number): void => stop.abort(new Error(`waited for ${pid}`));
    const error = await rejection(withLock(file, stop.signal, onWait, async () => undefined));
    live.kill();
    expect(error.message).to.equal(`waited for ${live.pid}`);
    expect(JSON.parse(await readFile(file, 'utf8'))).to.include({ id: 'x' });
  });

  it('kills go and its children on abort, and leaves nothing', async () => {
    b.env.GO_SLOW = slow;
    const stop = new AbortController();
    const made = rejection(resolve('alpha', undefined, b.options({ signal: stop.signal })));
    await until(building);
    await until(async () => (await readFile(`${slow}.pid`, 'utf8')).trim() !== '');
    const pid = Number(await readFile(`${slow}.pid`, 'utf8'));
    expect(await processStart(pid)).to.be.a('string');
    stop.abort(new Error('enough'));
    expect((await made).message).to.equal('enough');
    await until(async () => (await processStart(pid)) === undefined);
    expect(await b.cached()).to.deep.equal([]);
    expect(await readdir(path.join(b.cache, 'tmp'))).to.deep.equal([]);
  });
});
