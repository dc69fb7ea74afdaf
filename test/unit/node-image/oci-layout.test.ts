import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { singleFileTar } from '../../../clusters/node-image/layers.ts';
import { writeLayout } from '../../../clusters/node-image/oci-layout.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

describe('node image: OCI layout', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'falldown-layout-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const layer = async (name: string, text: string) => {
    const tar = join(folder, name);
    await writeFile(tar, text);
    return { tar, sha256: sha256(text) };
  };
  const blob = async (digest: string) =>
    readFile(join(folder, 'out/blobs/sha256', digest.replace('sha256:', '')), 'utf8');
  const index = async () => JSON.parse(await readFile(join(folder, 'out/index.json'), 'utf8'));

  it('names every blob by its content, and every image by each of its names', async () => {
    const [below, above] = [await layer('a.tar', 'below'), await layer('b.tar', 'above')];
    const images = [
      { names: ['r.io/x:1', 'r.io/x:2'], layers: [below, above], entrypoint: ['/x'], user: '1:1' },
      { names: ['r.io/y:1'], layers: [below], entrypoint: [] },
    ];
    await writeLayout(join(folder, 'out'), images, 'amd64');
    for (const name of await readdir(join(folder, 'out/blobs/sha256'))) expect(sha256(await blob(name))).to.equal(name);

    const { manifests } = await index();
    expect(manifests.map((m: { annotations: object }) => Object.values(m.annotations)[0])).to.deep.equal([
      'r.io/x:1',
      'r.io/x:2',
      'r.io/y:1',
    ]);
    expect(manifests[0].digest).to.equal(manifests[1].digest);
    const manifest = JSON.parse(await blob(manifests[0].digest));
    expect(manifest.layers.map((l: { size: number }) => l.size)).to.deep.equal([5, 5]);
    const config = JSON.parse(await blob(manifest.config.digest));
    expect(config.rootfs.diff_ids).to.deep.equal([`sha256:${below.sha256}`, `sha256:${above.sha256}`]);
    expect(config.config).to.include({ User: '1:1' });
    expect(config.config.Entrypoint).to.deep.equal(['/x']);
  });

  it('gives the same bytes for the same inputs', async () => {
    const images = [{ names: ['r.io/x:1'], layers: [await layer('a.tar', 'below')], entrypoint: ['/x'] }];
    await writeLayout(join(folder, 'out'), images, 'amd64');
    const first = await index();
    await rm(join(folder, 'out'), { recursive: true });
    await writeLayout(join(folder, 'out'), images, 'amd64');
    expect(await index()).to.deep.equal(first);
  });

  it('packs one file under another name, the same bytes whenever it was written', async () => {
    const source = join(folder, 'kube-proxy-1.36.3-abc');
    const pack = async (tar: string) => {
      await writeFile(source, 'binary', { mode: 0o600 });
      execFileSync('touch', ['-d', tar === 'a' ? '2020-01-01' : '2021-01-01', source]);
      execFileSync('tar', singleFileTar(source, '/usr/local/bin/kube-proxy', join(folder, tar)));
      return sha256(await readFile(join(folder, tar)));
    };
    expect(await pack('a')).to.equal(await pack('b'));
    const listed = execFileSync('tar', ['-tvf', join(folder, 'a')], { encoding: 'utf8' });
    expect(listed).to.match(/^-rwxr-xr-x 0\/0 +6 1970-01-01 .* usr\/local\/bin\/kube-proxy\n$/);
  });
});
