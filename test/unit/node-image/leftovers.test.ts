import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeLeftWork } from '../../../clusters/node-image/leftovers.ts';
import { withFileLock } from '../../../harness/file-lock.ts';

describe('node image: what a killed build left', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'falldown-leftovers-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  const scratchOf = async (key: string): Promise<string> => {
    const folder = join(cache, 'falldown', 'tmp', `${key}.${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'layer.tar'), 'half');
    return folder;
  };

  it('goes, but not what somebody is at, nor what is not ours', async () => {
    const dead = await scratchOf('node-1.36.3-aaaaaaaaaaaa');
    const alive = await scratchOf('node-1.36.3-bbbbbbbbbbbb');
    const other = join(cache, 'falldown', 'tmp', 'notes');
    await mkdir(other);
    const gone: string[] = [];
    const lock = join(cache, 'falldown', 'locks', 'node-1.36.3-bbbbbbbbbbbb.lock');
    await withFileLock(lock, async () => {
      const left = await removeLeftWork((what) => gone.push(what), { ...process.env, XDG_CACHE_HOME: cache });
      expect(left).to.deep.equal([]);
    });
    expect(gone.filter((what) => what.startsWith(cache))).to.deep.equal([dead]);
    expect([dead, alive, other].map((folder) => existsSync(folder))).to.deep.equal([false, true, true]);
  });
});
