import { expect } from 'chai';
import { KubeClient } from '../../../harness/kube/client.ts';
import { isConflict, isNotFound, isWebhookDown, KubeApiError } from '../../../harness/kube/errors.ts';
import type { KubeObject } from '../../../harness/kube/object.ts';
import { FakeApi, failureOf, json, status } from './fake-api.ts';

describe('kube client', () => {
  let api: FakeApi;
  let client: KubeClient;
  beforeEach(async () => {
    api = await FakeApi.start();
    client = api.client();
  });
  afterEach(() => api.close());

  const refusedBy = async (promise: Promise<unknown>): Promise<KubeApiError> => {
    const error = await failureOf(promise);
    expect(error).to.be.instanceOf(KubeApiError);
    return error as KubeApiError;
  };

  describe('an error', () => {
    it('carries the server’s own Status, the request and the time it took', async () => {
      api.answer = (_asked, response) => status(response, 403, 'Forbidden', 'pods is forbidden');
      const error = await refusedBy(client.get('/api/v1/pods'));
      expect(error).to.include({ verb: 'GET', path: '/api/v1/pods', code: 403, reason: 'Forbidden' });
      expect(error.detail).to.equal('pods is forbidden');
      expect(error.seconds).to.be.above(0).and.below(5);
      expect(error.message).to.equal('GET /api/v1/pods failed with 403 Forbidden: pods is forbidden');
    });

    for (const [what, body] of [
      ['a page of a proxy', '<html>502 Bad Gateway</html>'],
      ['JSON that is no object', 'null'],
    ] as const) {
      it(`keeps ${what} as it is`, async () => {
        api.answer = (_asked, response) => response.writeHead(502).end(body);
        expect(await refusedBy(client.get('/'))).to.include({ code: 502, reason: 'NotAStatus', detail: body });
      });
    }

    it('has code 0 when nobody listens', async () => {
      const { credentials } = api;
      await api.close();
      const orphan = new KubeClient(credentials);
      const error = await refusedBy(orphan.get('/api/v1/pods'));
      await orphan.close();
      expect(error).to.include({ code: 0, reason: 'ECONNREFUSED' });
      expect(error.message).to.include('no answer');
      expect(error.cause).to.be.instanceOf(Error);
    });

    it('has code 0 when the answer does not come in time', async () => {
      api.answer = () => undefined;
      const error = await refusedBy(client.get('/slow', { timeoutSeconds: 0.1 }));
      expect(error).to.include({ code: 0, reason: 'UND_ERR_HEADERS_TIMEOUT' });
    });

    it('has code 0 when the connection breaks in the middle of the answer', async () => {
      api.answer = (_asked, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"items":[');
        setTimeout(() => response.destroy(), 20);
      };
      expect(await refusedBy(client.get('/api/v1/pods'))).to.include({ code: 0, path: '/api/v1/pods' });
    });

    it('has code 0 when the answer stalls in the middle', async () => {
      api.answer = (_asked, response) => response.writeHead(200).write('{"items":[');
      const error = await refusedBy(client.get('/', { timeoutSeconds: 0.1 }));
      expect(error).to.include({ code: 0, reason: 'UND_ERR_BODY_TIMEOUT' });
    });

    it('says so when a good answer is no JSON', async () => {
      api.answer = (_asked, response) => response.writeHead(200).end('<html>log in</html>');
      const error = await refusedBy(client.get('/api/v1/pods'));
      expect(error).to.include({ code: 0, reason: 'NotJson' });
      expect(error.detail).to.include('<html>log in</html>');
    });

    it('has a word for a reason when the caller aborts', async () => {
      api.answer = () => undefined;
      const error = await refusedBy(client.get('/', { signal: AbortSignal.timeout(30) }));
      expect(error.code).to.equal(0);
      expect(error.reason)
        .to.be.a('string')
        .that.matches(/[A-Za-z]/);
    });
  });

  it('knows the errors that callers act on', () => {
    const error = (code: number) =>
      new KubeApiError({ verb: 'GET', path: '/', code, reason: '', detail: '', seconds: 0 });
    expect([404, 409, 500].map((code) => isNotFound(error(code)))).to.deep.equal([true, false, false]);
    expect([404, 409, 500].map((code) => isConflict(error(code)))).to.deep.equal([false, true, false]);
    expect(isNotFound(new Error('404'))).to.equal(false);
    expect(isWebhookDown('Internal error occurred: failed calling webhook "x": refused')).to.equal(true);
    expect(isWebhookDown('admission webhook "x" denied the request: no')).to.equal(false);
  });

  it('pages through a list and gives the revision of the last page', async () => {
    const pages: Record<string, { next: string; names: string[] }> = {
      '': { next: 'p2', names: ['a', 'b'] },
      p2: { next: 'p3', names: [] },
      p3: { next: '', names: ['c'] },
    };
    api.answer = ({ query }, response) => {
      const { next, names } = pages[query.get('continue') ?? '']!;
      const items = names.map((name) => ({ metadata: { name } }));
      json(response, { metadata: { resourceVersion: next === '' ? '77' : '70', continue: next }, items });
    };
    const names: string[] = [];
    const revisions: string[] = [];
    const options = { query: { labelSelector: 'a=b' }, pageSize: 2, onRevision: (at: string) => revisions.push(at) };
    for await (const item of client.list<KubeObject>('/api/v1/pods', options)) names.push(item.metadata.name);
    expect(names).to.deep.equal(['a', 'b', 'c']);
    expect(revisions).to.deep.equal(['77']);
    expect(api.asked.map(({ query }) => query.get('limit'))).to.deep.equal(['2', '2', '2']);
    expect(api.asked.map(({ query }) => query.get('labelSelector'))).to.deep.equal(['a=b', 'a=b', 'a=b']);
  });

  for (const [type, content] of [
    ['merge', 'application/merge-patch+json'],
    ['json', 'application/json-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
    ['apply', 'application/apply-patch+yaml'],
  ] as const) {
    it(`sends a ${type} patch as ${content}`, async () => {
      await client.patch('/x', type, { a: 1 });
      expect(api.asked[0]).to.deep.include({ method: 'PATCH', body: { a: 1 } });
      expect(api.asked[0]?.headers['content-type']).to.equal(content);
    });
  }

  it('applies by force under its own name', async () => {
    await client.apply('/x', {}, { query: { dryRun: 'All' } });
    expect(Object.fromEntries(api.asked[0]!.query)).to.deep.equal({
      fieldManager: 'falldown',
      force: 'true',
      dryRun: 'All',
    });
  });

  it('deletes with its conditions in the body, and nothing that was not asked for', async () => {
    await client.delete('/x', { gracePeriodSeconds: 0, propagationPolicy: 'Background', uid: 'u1' });
    await client.delete('/x');
    expect(api.asked.map(({ body }) => body)).to.deep.equal([
      {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
        preconditions: { uid: 'u1' },
      },
      { apiVersion: 'v1', kind: 'DeleteOptions' },
    ]);
  });

  it('says who it is', async () => {
    const named = new KubeClient({ ...api.credentials, headers: { authorization: 'Bearer t' } }, { actor: 'prober' });
    await named.get('/');
    await named.close();
    expect(api.asked[0]?.headers).to.include({ authorization: 'Bearer t', 'user-agent': 'falldown/prober' });
  });
});
