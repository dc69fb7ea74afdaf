import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { publishedHash } from '../../../clusters/toolchain/download.ts';
import { resolve } from '../../../clusters/toolchain/resolve.ts';
import { type Bench, bench, pinsText, sha256 } from './workbench.ts';

describe('toolchain: official download', () => {
  let b: Bench;
  beforeEach(async () => {
    b = await bench();
  });
  afterEach(() => b.close());

  const pinAt = (address: string, more = ''): Promise<void> =>
    b.writePins(pinsText(`    download: { url: "${address}/{name}-v{version}", sha256Url: "${address}/SUMS"${more} }`));

  it('takes a release whose hash is as published, before any build', async () => {
    const address = await b.serve({
      '/alpha-v1.2.3': 'release',
      '/SUMS': `${sha256('other')}  beta-v1.2.3\n${sha256('release')}  alpha-v1.2.3\n`,
    });
    await pinAt(address);
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('download');
    expect(await readFile(found.path, 'utf8')).to.equal('release');
    expect(found.manifest).to.include({
      how: 'downloaded',
      url: `${address}/alpha-v1.2.3`,
      publishedSha256: sha256('release'),
    });
    expect(await b.builds()).to.deep.equal([]);
  });

  it('refuses a release with another hash, keeps nothing of it, and builds instead', async () => {
    await pinAt(await b.serve({ '/alpha-v1.2.3': 'tampered', '/SUMS': `${sha256('release')}  alpha-v1.2.3\n` }));
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('build');
    expect(await readFile(found.path, 'utf8')).to.equal('built\n');
    expect(found.skipped.at(-1)?.reason).to.contain(
      `sha256 is ${sha256('tampered')}, published is ${sha256('release')}`,
    );
    expect(b.said.join('\n')).to.contain('refused');
  });

  it('never downloads when no hash is published', async () => {
    await pinAt(await b.serve({ '/alpha-v1.2.3': 'release' }));
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('build');
    expect(found.skipped.at(-1)?.reason).to.contain('SUMS answered HTTP 404');
    expect(b.requests).to.deep.equal(['/SUMS']);
  });

  it('takes the binary out of an archive', async () => {
    await mkdir(path.join(b.folder, 'greek'));
    await writeFile(path.join(b.folder, 'greek', 'alpha'), 'packed');
    const archive = path.join(b.folder, 'a.tgz');
    await promisify(execFile)('tar', ['-czf', archive, '-C', b.folder, 'greek/alpha']);
    const content = await readFile(archive);
    await pinAt(
      await b.serve({ '/alpha-v1.2.3': content, '/SUMS': `${sha256(content)}\n` }),
      ', member: "greek/{name}"',
    );
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('download');
    expect(await readFile(found.path, 'utf8')).to.equal('packed');
    expect(found.manifest?.sha256).to.equal(sha256('packed'));
  });

  it('asks a host that does not answer once for the whole process', async () => {
    const silent = await b.silentHost();
    await pinAt(silent.address);
    const first = await resolve('alpha', undefined, b.options());
    const second = await resolve('beta', undefined, b.options());
    expect(first.skipped.at(-1)?.reason).to.contain(`${silent.address} cannot be reached: `);
    expect(second.skipped.at(-1)?.reason).to.equal(first.skipped.at(-1)?.reason);
    expect(silent.connections()).to.equal(1);
  });

  it('does not ask anyone when offline', async () => {
    await pinAt(await b.serve({ '/alpha-v1.2.3': 'release', '/SUMS': sha256('release') }));
    b.env.FALLDOWN_TOOLCHAIN = 'offline';
    expect((await resolve('alpha', undefined, b.options())).how).to.equal('build');
    expect(b.requests).to.deep.equal([]);
  });

  it('reads the usual forms of a hash file', () => {
    const hash = sha256('x');
    expect(publishedHash(hash, 'f')).to.equal(hash);
    expect(publishedHash(`${hash}\n`, 'f')).to.equal(hash);
    expect(publishedHash(`${hash} *dist/f\n`, 'f')).to.equal(hash);
    expect(publishedHash(`${hash}  g\n`, 'f')).to.equal(undefined);
    expect(publishedHash('<html>not found</html>', 'f')).to.equal(undefined);
  });
});
