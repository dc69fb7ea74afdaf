import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { resolve } from '../../../clusters/toolchain/resolve.ts';
import { identityOf } from '../../../harness/processes.ts';
import { until } from '../../until.ts';
import { type Bench, bench, rejection } from './workbench.ts';

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
    await writeFile(lock, JSON.stringify({ pid: gone.pid, startTicks: '1' }));
    await mkdir(path.join(b.cache, 'tmp', `${key}.left`));
    await writeFile(`${done.path}.json`, '{}');
    expect((await resolve('alpha', undefined, b.options())).how).to.equal('build');
    expect(await readdir(path.join(b.cache, 'locks'))).to.deep.equal([]);
    expect(await readdir(path.join(b.cache, 'tmp'))).to.deep.equal([]);
  });

  it('kills go and its children on abort, and leaves nothing', async () => {
    b.env.GO_SLOW = slow;
    const stop = new AbortController();
    const made = rejection(resolve('alpha', undefined, b.options({ signal: stop.signal })));
    await until(building);
    await until(async () => (await readFile(`${slow}.pid`, 'utf8')).trim() !== '');
    const pid = Number(await readFile(`${slow}.pid`, 'utf8'));
    expect(identityOf(pid)).not.to.equal(undefined);
    stop.abort(new Error('enough'));
    expect((await made).message).to.equal('enough');
    await until(async () => identityOf(pid) === undefined);
    expect(await b.cached()).to.deep.equal([]);
    expect(await readdir(path.join(b.cache, 'tmp'))).to.deep.equal([]);
  });
});
