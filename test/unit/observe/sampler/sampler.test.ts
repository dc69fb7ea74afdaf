import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ApiSamples, JournalEntry, SamplerState } from '../../../../harness/journal/events.ts';
import { selfSigned } from '../../../../harness/observe/gateway/certificate.ts';
import type { RequestSeries, Target } from '../../../../harness/observe/sampler/messages.ts';
import { type Sampling, startSampler } from '../../../../harness/observe/sampler/sampler.ts';
import { until } from '../../../until.ts';
import { FakeApi, json } from '../../kube/fake-api.ts';

/** The sampler in its real thread against a server of ours. */
describe('sampler', () => {
  let told: JournalEntry[];
  let stop: (() => Promise<void>) | undefined;
  let api: FakeApi;
  beforeEach(async () => {
    told = [];
    api = await FakeApi.start();
  });
  afterEach(async () => {
    await stop?.();
    stop = undefined;
    await api.close();
  });

  const start = async (sampling: Partial<Sampling>) => {
    const whole = { requests: [], writes: [], timeoutSeconds: 90, gatewayDeadlineSeconds: null, nowSeconds: 100 };
    stop = await startSampler({ ...whole, ...sampling }, (entry) => told.push(entry));
  };
  const target = (): Target => ({ server: api.credentials.server, headers: { authorization: 'Bearer x' }, tls: {} });
  const gets = (everySeconds: number, to = target()): RequestSeries => ({
    class: 'get-pod',
    via: 'direct',
    everySeconds,
    offsetSeconds: 0,
    target: to,
    method: 'GET',
    path: '/api/v1/namespaces/n/pods/p',
  });
  const lines = () => told.filter((e): e is ApiSamples => e.type === 'samples');
  const of = (name: string) => lines().filter((e) => e.class === name);
  const states = () => told.filter((e): e is SamplerState => e.type === 'sampler');

  it('asks on its schedule with its own name and credentials, and tells each request once', async () => {
    await start({ requests: [gets(0.02)] });
    await until(() => of('get-pod').flatMap((l) => l.due).length >= 60);
    await stop!();
    // In the order of their answers until now.
    const dues = of('get-pod')
      .flatMap((l) => l.due)
      .sort((a, b) => a - b);
    expect(dues).to.have.length(api.asked.length);
    expect(dues[0]).to.be.at.least(100);
    for (const [n, due] of dues.entries()) expect(due).to.be.closeTo(dues[0]! + n * 0.02, 0.002);
    expect(api.asked[0]).to.include({ path: '/api/v1/namespaces/n/pods/p' });
    expect(api.asked[0]?.headers).to.include({ authorization: 'Bearer x' });
    expect(lines()[0]).to.include({ protocol: 'http/1.1' });
    expect(states()[0]).to.deep.include({ op: 'started', timeoutSeconds: 90, gatewayDeadlineSeconds: null });
    expect(states().at(-1)).to.deep.equal({ type: 'sampler', part: 'sampler', op: 'stopped' });
  });

  it('has every request that was due in a stall, with its true wait', async () => {
    const held: ServerResponse[] = [];
    let stalled = true;
    api.answer = (_asked, response) => (stalled ? held.push(response) : json(response, {}));
    const zero = performance.now();
    await start({ requests: [gets(0.05)] });
    await until(() => of('get-pod').some((l) => l.open >= 20));
    const released = 100 + (performance.now() - zero) / 1000;
    stalled = false;
    for (const response of held) json(response, {});
    await until(() => of('get-pod').flatMap((l) => l.due).length > held.length);
    const all = of('get-pod').flatMap((l) => l.due.map((due, n) => ({ due, waited: l.waited[n]! })));
    const inStall = all.sort((a, b) => a.due - b.due).slice(0, held.length);
    // Whenever it was due, each waited until the stall was over; the clocks of two threads differ by little.
    for (const { due, waited } of inStall) expect(waited).to.be.at.least(released - due - 0.05);
    expect(inStall[0]!.waited).to.be.above(0.9);
  });

  it('gives up after its time-out, and censors what is open at its end', async () => {
    api.answer = () => undefined;
    await start({ requests: [gets(0.5)], timeoutSeconds: 1 });
    await until(() => of('get-pod').some((l) => l.censored !== undefined));
    const line = of('get-pod').find((l) => l.censored !== undefined)!;
    expect(line.waited[0]).to.be.at.least(1);
    await stop!();
    const all = of('get-pod').flatMap((l) => l.waited);
    expect(of('get-pod').flatMap((l) => l.censored ?? [])).to.have.length(all.length);
    expect(all.at(-1)).to.be.below(line.waited[0]!);
  });

  it('tells an answer that breaks off, a refusal and a server that is gone as failures', async () => {
    api.answer = (_asked, response) => {
      if (api.asked.length === 1) json(response, {}, 403);
      else {
        response.writeHead(200, { 'content-length': '99' }).write('{');
        response.destroy();
      }
    };
    await start({ requests: [gets(0.1)] });
    await until(() => of('get-pod').flatMap((l) => l.failed ?? []).length >= 5);
    await api.close();
    await until(() => of('get-pod').flatMap((l) => l.failed ?? []).length >= 20);
    const codes = of('get-pod').flatMap((l) => (l.failed ?? []).map(([, code]) => code));
    expect([codes[0], codes[1], codes.at(-1)]).to.deep.equal([403, 0, 0]);
    api = await FakeApi.start();
  });

  it('creates a ConfigMap, waits for the watch to tell of it, and deletes it', async () => {
    const watches: ServerResponse[] = [];
    api.answer = ({ method, query, body }, response) => {
      if (query.get('watch') === 'true') {
        response.writeHead(200).flushHeaders();
        watches.push(response);
      } else {
        json(response, body ?? {}, method === 'POST' ? 201 : 200);
        const { name } = (body as { metadata: { name: string } } | undefined)?.metadata ?? {};
        const event = { type: 'ADDED', object: { metadata: { name, resourceVersion: '7' } } };
        if (method === 'POST') setTimeout(() => watches.at(-1)?.write(`${JSON.stringify(event)}\n`), 300);
      }
    };
    await start({ writes: [{ everySeconds: 0.5, offsetSeconds: 0, target: target(), namespace: 'n' }] });
    await until(() => of('watch-delay').flatMap((l) => l.due).length >= 3);
    for (const waited of of('watch-delay').flatMap((l) => l.waited)) expect(waited).to.be.at.least(0.2);
    expect(
      api
        .by('DELETE')
        .slice(0, 2)
        .map((a) => a.path),
    ).to.deep.equal(['/api/v1/namespaces/n/configmaps/sample-0', '/api/v1/namespaces/n/configmaps/sample-1']);
    // The watch is opened again where it broke.
    watches[0]!.destroy();
    await until(() => watches.length === 2);
    expect(api.asked.findLast((a) => a.query.get('watch') === 'true')?.query.get('resourceVersion')).to.equal('7');
  });

  it('says so when its thread dies', async () => {
    await start({ requests: [{ ...gets(1), target: { ...target(), server: 'not an address' } }] });
    await until(() => states().some((s) => s.op === 'stopped'));
    expect(states().at(-1)?.reason).to.include("the sampler's thread failed");
    await stop!();
    expect(states().filter((s) => s.op === 'stopped')).to.have.length(1);
  });

  describe('over HTTP/2', () => {
    let server: Http2SecureServer;
    let streams: ServerHttp2Stream[];
    let sessions: ServerHttp2Session[];
    let to: Target;
    beforeEach(async () => {
      streams = [];
      sessions = [];
      const { key, cert } = selfSigned();
      server = createSecureServer({ key, cert });
      server.on('session', (session) => sessions.push(session));
      server.on('stream', (stream) => {
        streams.push(stream);
        stream.on('error', () => undefined);
        stream.respond({ ':status': 200 });
        stream.end('{}');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      to = { server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: {}, tls: { ca: cert } };
    });
    afterEach(() => server.close());

    it('keeps to one session, and opens another when it broke', async () => {
      await start({ requests: [gets(0.05, to)] });
      await until(() => streams.length >= 20);
      // One more asked which protocol the server speaks.
      expect(sessions).to.have.length.at.most(2);
      expect(lines()[0]).to.include({ protocol: 'h2' });
      const before = sessions.length;
      sessions.at(-1)!.destroy();
      await until(() => streams.length >= 40);
      expect(sessions).to.have.length(before + 1);
    });
  });
});
