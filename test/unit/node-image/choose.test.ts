import { expect } from 'chai';
import { chooseImages, type ImageSource } from '../../../clusters/node-image/choose.ts';
import { type Answer, answerIn, type ImageStore } from '../../../clusters/node-image/image-store.ts';
import { FalldownError } from '../../../harness/errors.ts';

const NODE = 'docker.io/kindest/node:v1.36.3';
const OTHERS = [
  'reg.kyverno.io/kyverno/kyverno:v1.19.1',
  'reg.kyverno.io/kyverno/kyvernopre:v1.19.1',
  'docker.io/library/busybox:1.37',
];
const MADE = 'falldown.dev/node:v1.36.3-abc';
const SILENT: Answer = { state: 'silent', because: 'no such host' };

interface World {
  here?: string[];
  offered?: string[];
  silent?: boolean;
  made?: boolean;
  pullFails?: boolean;
}

function store({ here = [], offered = [], silent = false, made = false, pullFails = false }: World) {
  const did: string[] = [];
  const images: ImageStore = {
    isHere: async (name) => here.includes(name),
    async ask(name) {
      did.push(`ask ${name}`);
      return silent ? SILENT : { state: offered.includes(name) ? 'has' : 'lacks' };
    },
    async pull({ name, from }) {
      if (pullFails) throw new FalldownError({ code: 'IMAGE_PULL_FAILED', kind: 'setup', what: 'torn', seen: 'EOF' });
      did.push(name === from ? `pull ${from}` : `pull ${from} as ${name}`);
    },
    madeIsHere: async () => made,
    async make() {
      did.push(made ? 'take the made one' : 'make');
      return MADE;
    },
  };
  return { did, images };
}

async function choose(source: ImageSource, world: World, mirror?: string) {
  const { did, images } = store(world);
  const said: string[] = [];
  const wanted = { source, kubernetes: '1.36.3', kyverno: '1.19.1', mirror };
  const chosen = await chooseImages(wanted, images, (line) => said.push(line)).catch((error: unknown) => error);
  return { chosen: chosen as Awaited<ReturnType<typeof chooseImages>>, error: chosen as FalldownError, did, said };
}

describe('node image: where images come from', () => {
  const all = [NODE, ...OTHERS];

  it('offline makes them and asks nobody', async () => {
    const { chosen, did } = await choose('offline', { here: all, offered: all });
    expect(chosen).to.include({ source: 'offline', node: MADE });
    expect(chosen.load).to.deep.equal([]);
    expect(did).to.deep.equal(['make']);
  });

  it('auto takes official images that are here, and asks nobody', async () => {
    const { chosen, did } = await choose('auto', { here: all });
    expect(chosen).to.deep.include({ source: 'registry', node: NODE, load: OTHERS });
    expect(did).to.deep.equal([]);
  });

  it('auto takes images that were made before it asks a registry', async () => {
    const { chosen, did } = await choose('auto', { made: true, offered: all });
    expect(chosen.node).to.equal(MADE);
    expect(did).to.deep.equal(['take the made one']);
  });

  it('auto pulls from a registry that answers, and makes nothing', async () => {
    const { chosen, did } = await choose('auto', { offered: all });
    expect(chosen).to.deep.include({ source: 'registry', node: NODE, load: OTHERS });
    expect(did.filter((what) => what.startsWith('pull'))).to.deep.equal(all.map((name) => `pull ${name}`));
    expect(did).not.to.include('make');
  });

  it('auto makes them when no registry answers, and says why', async () => {
    const { chosen, said, did } = await choose('auto', { silent: true });
    expect(chosen).to.include({ source: 'offline', node: MADE, because: 'docker.io: no such host' });
    expect(said).to.deep.equal(['no official images (docker.io: no such host): making them here']);
    expect(did).to.deep.equal([`ask ${NODE}`, 'make']);
  });

  it('auto makes them when a pull breaks off', async () => {
    const { chosen, said } = await choose('auto', { offered: all, pullFails: true });
    expect(chosen).to.include({ source: 'offline', because: 'EOF' });
    expect(said[0]).to.contain('EOF');
  });

  it('registry never makes any', async () => {
    const silent = await choose('registry', { silent: true, made: true });
    expect(silent.error.code).to.equal('REGISTRY_SILENT');
    const lacking = await choose('registry', { offered: [NODE], made: true });
    expect(lacking.error.code).to.equal('IMAGE_NOT_IN_REGISTRY');
    expect(lacking.error.message).to.contain(OTHERS[0]);
    const torn = await choose('registry', { offered: all, pullFails: true });
    expect(torn.error.code).to.equal('IMAGE_PULL_FAILED');
    for (const { did } of [silent, lacking, torn])
      expect(did.filter((what) => !what.startsWith('ask'))).to.deep.equal([]);
  });

  it('takes the nearest patch version that kind has published, and says so', async () => {
    const older = 'docker.io/kindest/node:v1.36.1';
    const { chosen, said } = await choose('registry', { offered: [older, ...OTHERS] });
    expect(chosen.node).to.equal(older);
    expect(said).to.deep.equal(['no kindest/node v1.36.3 in the registry: taking v1.36.1']);
  });

  it('pulls only what is not here yet', async () => {
    const { did } = await choose('registry', { here: [NODE, OTHERS[0]!], offered: all });
    expect(did.filter((what) => what.startsWith('pull'))).to.deep.equal(OTHERS.slice(1).map((name) => `pull ${name}`));
  });

  it('pulls from a mirror and keeps the official names', async () => {
    const mirrored = ['localhost:5000/kindest/node:v1.36.3', 'localhost:5000/kyverno/kyverno:v1.19.1'];
    const more = ['localhost:5000/kyverno/kyvernopre:v1.19.1', 'localhost:5000/library/busybox:1.37'];
    const { chosen, did } = await choose('auto', { offered: [...mirrored, ...more] }, 'localhost:5000/');
    expect(chosen).to.deep.include({ node: NODE, load: OTHERS, because: 'localhost:5000 answers' });
    const named = await choose('auto', { made: true, offered: [...mirrored, ...more] }, 'localhost:5000');
    expect(named.chosen.source).to.equal('registry');
    expect(did.at(-1)).to.equal('pull localhost:5000/library/busybox:1.37 as docker.io/library/busybox:1.37');
  });

  it('tells a registry that lacks an image from one that does not answer', () => {
    expect(answerIn('no such manifest: docker.io/kindest/node:v9').state).to.equal('lacks');
    const json = 'unknown: {"errors":[{"code":"MANIFEST_UNKNOWN","message":"Unknown manifest"}]}';
    expect(answerIn(json).state).to.equal('lacks');
    expect(answerIn('denied: requested access to the resource is denied').state).to.equal('lacks');
    expect(answerIn('dial tcp: lookup registry.example.org: no such host')).to.deep.equal({
      state: 'silent',
      because: 'dial tcp: lookup registry.example.org: no such host',
    });
    expect(answerIn('dial tcp 127.0.0.1:5000: connect: connection refused').state).to.equal('silent');
  });
});
