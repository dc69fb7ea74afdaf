import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { chooseImages } from '../../clusters/node-image/choose.ts';
import { dockerStore, type ImageStore } from '../../clusters/node-image/image-store.ts';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { needsDocker } from './docker.ts';

/** Versions that nothing else on this machine has images of. */
const KUBERNETES = '1.36.99';
const KYVERNO = '1.19.99';
const OFFICIAL = [
  'docker.io/kindest/node:v1.36.98',
  `reg.kyverno.io/kyverno/kyverno:v${KYVERNO}`,
  `reg.kyverno.io/kyverno/kyvernopre:v${KYVERNO}`,
];
const BUSYBOX = 'docker.io/library/busybox:1.37';
const PATHS = ['kindest/node:v1.36.98', `kyverno/kyverno:v${KYVERNO}`, `kyverno/kyvernopre:v${KYVERNO}`];

const silent = { step: () => () => undefined, say: () => undefined };

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Small images stand for the big ones: what is proven is where images come from, not what is in them. */
describe('kind: images of a registry on localhost', function () {
  this.timeout(300_000);
  const { signal } = new AbortController();
  let registry: ChildProcess | undefined;
  let mirror: string;
  let folder: string | undefined;
  let hadBusybox: boolean;

  before(async function () {
    await needsDocker.call(this);
    const crane = (await ensure(['crane'], { signal, progress: silent })).paths.get('crane') as string;
    hadBusybox = await dockerStore({ signal, progress: silent }).isHere(BUSYBOX);
    folder = await mkdtemp(join(tmpdir(), 'falldown-registry-'));
    mirror = `localhost:${await freePort()}`;
    registry = spawn(crane, ['registry', 'serve', '--address', mirror.replace('localhost', '127.0.0.1')], {
      stdio: 'ignore',
    });
    const empty = join(folder, 'layer.tar');
    await execa('tar', ['-cf', empty, '-T', '/dev/null']);
    await execa('docker', ['import', empty, `${mirror}/library/busybox:1.37`]);
    for (const path of PATHS) await execa('docker', ['tag', `${mirror}/library/busybox:1.37`, `${mirror}/${path}`]);
    for (const path of [...PATHS, 'library/busybox:1.37']) {
      await execa('docker', ['push', '--quiet', `${mirror}/${path}`]);
      await execa('docker', ['rmi', `${mirror}/${path}`]);
    }
  });

  after(async () => {
    if (folder === undefined) return;
    registry?.kill('SIGKILL');
    // The empty one must not stay for a cluster to take.
    const names = [
      ...(hadBusybox ? [] : [BUSYBOX]),
      ...OFFICIAL,
      ...[...PATHS, 'library/busybox:1.37'].map((path) => `${mirror}/${path}`),
    ];
    await execa('docker', ['rmi', ...names], { reject: false });
    await rm(folder, { recursive: true, force: true });
  });

  /** Docker's own store, which may make nothing here. */
  const store = (): ImageStore => ({
    ...dockerStore({ signal, progress: silent }),
    madeIsHere: async () => true,
    make: () => Promise.reject(new Error('an image was made')),
  });
  const wanted = { source: 'auto', kubernetes: KUBERNETES, kyverno: KYVERNO } as const;

  it('pulls what it has, under the official names, and makes nothing', async () => {
    const said: string[] = [];
    const chosen = await chooseImages({ ...wanted, mirror }, store(), (line) => said.push(line));
    expect(chosen).to.deep.include({ source: 'registry', node: OFFICIAL[0], because: `${mirror} answers` });
    expect(chosen.load).to.deep.equal([...OFFICIAL.slice(1), BUSYBOX]);
    expect(said).to.deep.equal(['no kindest/node v1.36.99 in the registry: taking v1.36.98']);
    for (const name of [chosen.node, ...chosen.load]) await execa('docker', ['image', 'inspect', name]);
  });

  it('says what it lacks, and that it does not answer when it is gone', async () => {
    const registryOnly = { ...wanted, source: 'registry', mirror } as const;
    const lacking = chooseImages({ ...registryOnly, kubernetes: '1.35.0' }, store(), () => undefined);
    expect(await lacking.catch((error: unknown) => error)).to.include({ code: 'IMAGE_NOT_IN_REGISTRY' });
    registry?.kill('SIGKILL');
    await once(registry as ChildProcess, 'exit');
    const gone = chooseImages({ ...registryOnly, kubernetes: '1.35.0' }, store(), () => undefined);
    expect(await gone.catch((error: unknown) => error)).to.include({ code: 'REGISTRY_SILENT' });
  });
});
