import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { embedded } from '../../../clusters/providers/embedded/index.ts';
import type { ClusterHandle, ClusterProvider, UpOptions } from '../../../clusters/providers/provider.ts';
import { bringUp, type UpRequest } from '../../../harness/cli/bring-up.ts';
import { quoted } from '../../../harness/cli/up.ts';
import { FalldownError } from '../../../harness/errors.ts';
import { clusterDir } from '../../../harness/paths.ts';
import { readLedgers } from '../../../harness/run/ledger.ts';
import { Home, unique } from './falldown.ts';

const { profile } = loadProfile({ profile: 'as-in-the-incident' });
const silent = { step: () => () => undefined, say: () => undefined };

/** Grants everything, and answers the path in `refuses` with 403: enough of an API server to furnish a cluster. */
function apiServer(): Promise<{ server: Server; url: string; refuses: Set<string> }> {
  const refuses = new Set<string>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const refused = [...refuses].some((part) => request.url?.includes(part));
      response.writeHead(refused ? 403 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refused ? { message: 'no', reason: 'Forbidden' } : { status: { token: 'secret' } }));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ server, refuses, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    });
  });
}

describe('up', function () {
  this.timeout(20_000);
  let home: Home;
  let api: Awaited<ReturnType<typeof apiServer>>;
  let downs: string[];
  let duringUp: (options: UpOptions) => void;
  beforeEach(async () => {
    home = new Home();
    api = await apiServer();
    downs = [];
    duringUp = () => undefined;
  });
  afterEach(() => {
    api.server.close();
    home.close();
  });

  const provider: ClusterProvider = {
    name: 'embedded',
    cleanupSeconds: 14,
    prepare: async () => 0,
    missing: async () => [],
    async up(options) {
      const { name } = options;
      mkdirSync(clusterDir(name), { recursive: true });
      const kubeconfig = join(clusterDir(name), 'kubeconfig');
      const config = {
        clusters: [{ name: 'c', cluster: { server: api.url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: { token: 't' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      };
      writeFileSync(kubeconfig, JSON.stringify(config));
      await home.process(name);
      duringUp(options);
      options.signal.throwIfAborted();
      return { name, provider: 'embedded', kubeconfig } as ClusterHandle;
    },
    async down(name) {
      downs.push(name);
      await embedded.down(name);
    },
  };
  const up = (name: string, more: Partial<UpRequest> = {}) =>
    bringUp({
      provider,
      profile,
      name,
      gatekeeper: false,
      progress: silent,
      signal: new AbortController().signal,
      ...more,
    });

  it('records the cluster before it is made, and as kept only when it is whole', async () => {
    const name = unique('demo');
    let before = readLedgers();
    duringUp = () => {
      before = readLedgers();
    };
    const { handle } = await up(name);
    expect(before[0]).to.deep.include({ keep: false, resources: [{ kind: 'cluster', provider: 'embedded', name }] });
    expect(readLedgers()[0]).to.deep.include({ keep: true, title: 'up', resources: before[0]?.resources });
    expect(handle.name).to.equal(name);
    expect(downs).to.deep.equal([]);
  });

  it('gives every identity a kubeconfig that only its user can read', async () => {
    const { identities } = await up(unique('demo'));
    expect([...identities.keys()]).to.deep.equal(profile.identities.map((identity) => identity.name));
    for (const [identity, file] of identities) {
      expect(statSync(file).mode & 0o777, file).to.equal(0o600);
      const config = JSON.parse(readFileSync(file, 'utf8')) as { users: object[]; 'current-context': string };
      expect(config.users).to.deep.equal([{ name: identity, user: { token: 'secret' } }]);
    }
  });

  it('refuses a name that is taken, and does not touch its owner', async () => {
    const name = unique('demo');
    await up(name);
    const error = await up(name).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(FalldownError).with.property('code', 'CLUSTER_EXISTS');
    expect((error as FalldownError).exitCode).to.equal(2);
    expect(downs).to.deep.equal([]);
    expect(readLedgers()).to.have.length(1);
  });

  it('lets only one of two that take the same name at once have it', async () => {
    const name = unique('demo');
    const both = await Promise.allSettled([up(name), up(name)]);
    expect(both.map((one) => one.status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(downs).to.deep.equal([]);
  });

  it('removes everything when it is interrupted while coming up', async () => {
    const stop = new AbortController();
    duringUp = () => stop.abort(new Error('stopped by SIGINT'));
    const name = unique('demo');
    const error = await up(name, { signal: stop.signal }).catch((e: unknown) => e);
    expect((error as Error).message).to.equal('stopped by SIGINT');
    expect(downs).to.deep.equal([name]);
    expect(readLedgers()).to.deep.equal([]);
    expect(readdirSync(join(home.state, 'clusters'))).to.deep.equal([]);
  });

  it('removes everything when furnishing fails', async () => {
    api.refuses.add('priorityclasses');
    const name = unique('demo');
    const error = await up(name).catch((e: unknown) => e);
    expect((error as Error).message).to.include('priorityclasses');
    expect(downs).to.deep.equal([name]);
    expect(readLedgers()).to.deep.equal([]);
  });

  it('keeps the record of what it could not remove', async () => {
    api.refuses.add('serviceaccounts');
    const said: string[] = [];
    const stuck = { ...provider, down: () => Promise.reject(new Error('pid 7 does not die')) };
    const progress = { ...silent, say: (line: string) => said.push(line) };
    const error = await up(unique('demo'), { provider: stuck, progress }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(FalldownError).with.property('code', 'CLEANUP_INCOMPLETE');
    expect(said.join('\n')).to.include('serviceaccounts');
    expect(readLedgers()[0]).to.include({ keep: false });
  });

  it('quotes the path for the shell', () => {
    expect(quoted('/home/me/.local/state/x')).to.equal('/home/me/.local/state/x');
    expect(quoted("/home/o'neil x/$(id)")).to.equal(`'/home/o'\\''neil x/$(id)'`);
  });
});
