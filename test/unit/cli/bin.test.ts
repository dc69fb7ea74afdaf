import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { falldown } from './falldown.ts';

describe('bin/falldown.js', function () {
  this.timeout(30_000);
  const version = (cache: string) => falldown(['--version'], { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: '' });

  it('keeps what Node compiled in the cache', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'falldown-bin-'));
    try {
      expect((await version(cache)).code).to.equal(0);
      expect(readdirSync(join(cache, 'falldown', 'node'))).to.not.deep.equal([]);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  it('goes on where that cannot be written', async () => {
    const { code, stdout, stderr } = await version('/dev/null/nowhere');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^\d+\.\d+\.\d+/);
  });
});
