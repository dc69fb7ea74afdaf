import { chmod, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { ensure } from '../../../clusters/toolchain/ensure.ts';
import { resolve } from '../../../clusters/toolchain/resolve.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { type Bench, bench, closedAddress, pinsText, rejection } from './workbench.ts';

describe('toolchain: resolve', () => {
  let b: Bench;
  beforeEach(async () => {
    b = await bench();
  });
  afterEach(() => b.close());

  it('builds from the pinned module and notes how', async () => {
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('build');
    expect(await readFile(found.path, 'utf8')).to.equal('built\n');
    expect(path.basename(found.path)).to.match(/^alpha-1\.2\.3-[0-9a-f]{12}$/);
    const manifest = JSON.parse(await readFile(`${found.path}.json`, 'utf8')) as Record<string, unknown>;
    expect(manifest).to.include({
      how: 'built',
      module: 'example.org/greek@v1.2.3',
      moduleSum: 'h1:sum=',
      goVersion: '1.26.8',
      sizeBytes: 6,
    });
    expect(await b.builds()).to.have.lengthOf(1);
    expect((await b.builds())[0]).to.match(
      /^build -v -trimpath -buildvcs=false -mod=readonly -ldflags -s -X main\.version=1\.2\.3 -o \S+ example\.org\/greek\/cmd\/alpha$/,
    );
    expect(found.skipped.map((s) => s.step)).to.deep.equal(['explicit path', 'cache', 'official download']);
    expect((await b.cached()).filter((f) => !f.startsWith('bin/'))).to.deep.equal([]);
  });

  it('takes the cache the second time, without go and without network', async () => {
    await resolve('alpha', '1.2.3', b.options());
    b.env.PATH = '/nowhere';
    b.env.FALLDOWN_TOOLCHAIN = 'offline';
    const found = await resolve('alpha', 'v1.2.3', b.options());
    expect(found.how).to.equal('cache');
    expect(await b.builds()).to.have.lengthOf(1);
  });

  it('rebuilds a cached binary of another size', async () => {
    const { path: file } = await resolve('alpha', undefined, b.options());
    await writeFile(file, 'something else');
    const found = await resolve('alpha', undefined, b.options());
    expect(found.how).to.equal('build');
    expect(await readFile(file, 'utf8')).to.equal('built\n');
    expect(found.skipped[1]?.reason).to.contain('damaged: 14 bytes, expected 6');
  });

  it('rebuilds a cached binary of the same size and other content', async () => {
    const { path: file } = await resolve('alpha', undefined, b.options());
    await writeFile(file, 'BUILT\n');
    await utimes(file, 1, 1);
    expect((await resolve('alpha', undefined, b.options())).skipped[1]?.reason).to.contain('sha256');
    expect(await readFile(file, 'utf8')).to.equal('built\n');
  });

  it('keeps a binary whose time alone changed, and notes the new time', async () => {
    const { path: file } = await resolve('alpha', undefined, b.options());
    await utimes(file, 1_000, 1_000);
    expect((await resolve('alpha', undefined, b.options())).how).to.equal('cache');
    const manifest = JSON.parse(await readFile(`${file}.json`, 'utf8')) as { mtimeMs: number };
    expect(manifest.mtimeMs).to.equal((await stat(file)).mtimeMs);
  });

  it('makes another binary when the pin changes', async () => {
    const before = await resolve('alpha', undefined, b.options());
    await b.writePins(pinsText().replace('[-s, ', '[-s, -w, '));
    const after = await resolve('alpha', undefined, b.options());
    expect(after.path).not.to.equal(before.path);
  });

  it('prefers an explicit path, and refuses one that is not there', async () => {
    const own = path.join(b.folder, 'own');
    await writeFile(own, '#!/bin/sh\n');
    await chmod(own, 0o755);
    b.env.FALLDOWN_BIN_ALPHA = own;
    expect(await resolve('alpha', undefined, b.options())).to.include({ how: 'explicit', path: own });
    await rm(own);
    const error = await rejection(resolve('alpha', undefined, b.options()));
    expect(error).to.have.property('code', 'TOOLCHAIN_PATH_INVALID');
    expect(error.message).to.contain('FALLDOWN_BIN_ALPHA');
  });

  it('looks into FALLDOWN_BIN_DIR, and goes on when it lacks the component', async () => {
    b.env.FALLDOWN_BIN_DIR = path.join(b.folder, 'mine');
    await mkdir(b.env.FALLDOWN_BIN_DIR);
    await writeFile(path.join(b.env.FALLDOWN_BIN_DIR, 'alpha'), '');
    await chmod(path.join(b.env.FALLDOWN_BIN_DIR, 'alpha'), 0o755);
    const { resolved } = await ensure(['alpha', 'beta'], b.options());
    expect(resolved.map((r) => r.how)).to.deep.equal(['explicit', 'build']);
    expect(resolved[1]?.skipped[0]?.reason).to.contain('has no beta');
  });

  it('says every reason and creates nothing when there is neither go nor network', async () => {
    const address = await closedAddress();
    await b.writePins(pinsText(`    download: { url: "${address}/{name}", sha256Url: "${address}/{name}.sha256" }`));
    b.env.PATH = '/nowhere';
    const error = (await rejection(resolve('alpha', undefined, b.options()))) as FalldownError;
    expect(error).to.be.instanceOf(FalldownError);
    expect(error.code).to.equal('TOOLCHAIN_UNAVAILABLE');
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.match(/explicit path: neither FALLDOWN_BIN_ALPHA nor FALLDOWN_BIN_DIR is set/);
    expect(error.message).to.match(/cache: not in .*bin/);
    expect(error.message).to.match(/official download: http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
    expect(error.message).to.match(/Go build: go is not on PATH; go 1\.26\.0 or newer is needed/);
    expect(error.message).to.contain(`let this host reach ${new URL(address).host}`);
    expect(await stat(path.dirname(b.cache)).catch(() => 'absent')).to.equal('absent');
  });

  it('names the Go that is too old', async () => {
    b.env.GO_VERSION = '1.25.4';
    const error = await rejection(resolve('alpha', undefined, b.options()));
    expect(error.message).to.contain('go 1.25.4 found, 1.26.0 needed');
    b.env.GO_TOOLCHAIN = 'auto';
    expect((await resolve('alpha', undefined, b.options())).how).to.equal('build');
  });

  it("shows the end of go's output when a build fails, as a set-up failure that leaves nothing", async () => {
    b.env.GO_FAIL = 'undefined: frobnicate';
    const error = (await rejection(resolve('alpha', undefined, b.options()))) as FalldownError;
    expect(error.exitCode).to.equal(3);
    expect(error.message).to.contain('Go build: go build example.org/greek/cmd/alpha ended with code 1');
    expect(error.message).to.contain('undefined: frobnicate');
    expect(error.message).not.to.contain('example.org/some/package');
    expect(await b.cached()).to.deep.equal([]);
  });

  it('leaves out the steps that FALLDOWN_TOOLCHAIN forbids', async () => {
    b.env.FALLDOWN_TOOLCHAIN = 'cache';
    const error = await rejection(resolve('alpha', undefined, b.options()));
    expect(error.message).to.contain('Go build: not allowed by FALLDOWN_TOOLCHAIN=cache');
    b.env.FALLDOWN_TOOLCHAIN = 'sideways';
    expect(await rejection(resolve('alpha', undefined, b.options()))).to.have.property(
      'code',
      'TOOLCHAIN_MODE_UNKNOWN',
    );
  });

  it('says so when the cache cannot be written', async () => {
    b.env.XDG_CACHE_HOME = path.join(b.folder, 'pins.yaml');
    const error = await rejection(resolve('alpha', undefined, b.options()));
    expect(error).to.have.property('code', 'TOOLCHAIN_CACHE_UNUSABLE');
    expect(error.message).to.contain('set XDG_CACHE_HOME');
  });

  it('ensure resolves all and tells the position of what it makes', async () => {
    const titles: string[] = [];
    const progress = {
      step: (t: string) => {
        titles.push(t);
        return () => undefined;
      },
      say: () => undefined,
    };
    await resolve('alpha', undefined, b.options());
    const { paths, seconds } = await ensure(['beta', 'alpha'], b.options({ progress }));
    expect([...paths.keys()]).to.deep.equal(['beta', 'alpha']);
    expect(titles).to.deep.equal(['building beta 1.2.3 (1 of 1)']);
    expect(seconds).to.be.greaterThan(0);
  });
});
