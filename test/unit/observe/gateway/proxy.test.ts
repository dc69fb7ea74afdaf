import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { Agent, fetch, type RequestInit } from 'undici';
import { selfSigned } from '../../../../harness/observe/gateway/certificate.ts';
import { openProxy } from '../../../../harness/observe/gateway/proxy.ts';
import { until } from '../../../until.ts';
import { FakeApi, json } from '../../kube/fake-api.ts';

/** 60 s in miniature. */
const DEADLINE = 0.6;
const identity = selfSigned();

describe('gateway', () => {
  let api: FakeApi;
  let proxy: Awaited<ReturnType<typeof openProxy>>;
  let agent: Agent;
  beforeEach(async () => {
    api = await FakeApi.start();
    const upstream = { server: api.credentials.server, tls: {} };
    proxy = await openProxy({ upstream, deadlineSeconds: DEADLINE, ...identity });
    agent = new Agent({ connect: { ca: identity.cert } });
  });
  afterEach(async () => {
    await agent.destroy();
    await proxy.close();
    await api.close();
  });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`https://127.0.0.1:${proxy.port}${path}`, { dispatcher: agent, ...init });

  it('passes questions and answers whole: method, path, query, body, who asks, status, headers', async () => {
    api.answer = ({ body }, response) => {
      response.setHeader('audit-id', 'a-1');
      json(response, { seen: body }, 201);
    };
    const body = JSON.stringify({ kind: 'Pod', name: 'x'.repeat(100_000) });
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    const answer = await ask('/api/v1/pods?dryRun=All', { method: 'POST', headers, body });
    expect([answer.status, answer.headers.get('audit-id')]).to.deep.equal([201, 'a-1']);
    expect(await answer.json()).to.deep.equal({ seen: JSON.parse(body) });
    expect(api.asked[0]).to.include({ method: 'POST', path: '/api/v1/pods' });
    expect(api.asked[0]?.query.get('dryRun')).to.equal('All');
    expect(api.asked[0]?.headers).to.include({ authorization: 'Bearer t' });
  });

  it('speaks HTTP/2 and HTTP/1.1', async () => {
    api.answer = (_asked, response) => json(response, { ok: true });
    const session = connect(`https://127.0.0.1:${proxy.port}`, { ca: identity.cert });
    const stream = session.request({ ':path': '/readyz' });
    const [status, text] = await new Promise<[number | undefined, string]>((resolve) => {
      let code: number | undefined;
      let read = '';
      stream.on('response', (headers) => {
        code = headers[':status'];
      });
      stream.on('data', (piece) => {
        read += piece;
      });
      stream.on('end', () => resolve([code, read]));
    });
    session.close();
    expect([status, text]).to.deep.equal([200, '{"ok":true}']);
    const version = await new Promise((resolve, reject) => {
      const options = { ca: identity.cert, ALPNProtocols: ['http/1.1'] };
      requestHttps(`https://127.0.0.1:${proxy.port}/`, options, (answer) => resolve(answer.httpVersion))
        .on('error', reject)
        .end();
    });
    expect(version).to.equal('1.1');
  });

  it('gives up at its deadline with a 504, and abandons the work of the server', async () => {
    let abandoned = false;
    api.answer = (_asked, response) => response.on('close', () => (abandoned = true));
    const started = performance.now();
    const answer = await ask('/api/v1/pods');
    expect((performance.now() - started) / 1000).to.be.at.least(DEADLINE);
    expect(answer.status).to.equal(504);
    expect(await answer.text()).to.include('504 Gateway Time-out');
    await until(() => abandoned);
  });

  it('lets an answer that came in time go on for longer than its deadline', async () => {
    api.answer = async (_asked, response) => {
      response.writeHead(200);
      for (let i = 0; i < 8; i++) {
        response.write(`${i}\n`);
        await delay(DEADLINE * 200);
      }
      response.end();
    };
    expect(await (await ask('/api/v1/pods')).text()).to.equal('0\n1\n2\n3\n4\n5\n6\n7\n');
  });

  it('breaks off an answer that pauses for as long, but not a watch', async () => {
    api.answer = async (_asked, response) => {
      response.writeHead(200).flushHeaders();
      response.write('first\n');
      await delay(DEADLINE * 2000);
      response.end('last\n');
    };
    const [list, watch] = await Promise.all([ask('/api/v1/pods'), ask('/api/v1/pods?watch=true')]);
    const [broken, whole] = await Promise.allSettled([list.text(), watch.text()]);
    expect(broken.status).to.equal('rejected');
    expect(whole).to.include({ status: 'fulfilled', value: 'first\nlast\n' });
  });

  it('passes each event of a watch at once', async () => {
    let events: ServerResponse | undefined;
    api.answer = (_asked, response) => {
      response.writeHead(200).flushHeaders();
      events = response;
    };
    const reader = (await ask('/api/v1/pods?watch=true')).body!.getReader();
    for (const n of [1, 2]) {
      events!.write(`${n}\n`);
      expect(Buffer.from((await reader.read()).value!).toString()).to.equal(`${n}\n`);
    }
    events!.end();
    expect((await reader.read()).done).to.equal(true);
  });

  it('says 502 for a server that is gone, and ends the request of a client that is gone', async () => {
    let open = 0;
    api.answer = (_asked, response) => {
      open++;
      response.on('close', () => open--);
    };
    const leave = new AbortController();
    const left = ask('/', { signal: leave.signal }).catch((error: Error) => error.name);
    await until(() => open === 1);
    leave.abort();
    expect(await left).to.equal('AbortError');
    await until(() => open === 0);
    await api.close();
    expect((await ask('/')).status).to.equal(502);
    api = await FakeApi.start();
  });

  it('has a certificate for its address that clients can check', () => {
    const certificate = new X509Certificate(identity.cert);
    expect(certificate.checkIP('127.0.0.1')).to.equal('127.0.0.1');
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(Date.parse(certificate.validFrom)).to.be.below(Date.now());
  });
});
