import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { KubeObject } from '../../../harness/kube/object.ts';
import { type Watch, watch } from '../../../harness/kube/watch.ts';
import { until } from '../../until.ts';
import { type Asked, FakeApi, json, status } from './fake-api.ts';

const pod = (name: string, resourceVersion: string): KubeObject => ({
  metadata: { name, namespace: 'n', uid: `uid-${name}`, resourceVersion },
});

const event = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

describe('watch', () => {
  let api: FakeApi;
  let stop: AbortController;
  let running: Watch;
  let seen: string[];
  let states: string[];
  /** What the server lists now. */
  let items: KubeObject[];
  let revision: string;
  /** Of its streams. */
  let mediaType: string;
  /** What it does with the first, second … stream; further ones stay open and silent. */
  let streams: ((response: ServerResponse) => unknown)[];

  beforeEach(async () => {
    [seen, states, streams, items, revision] = [[], [], [], [], '10'];
    mediaType = 'application/json';
    stop = new AbortController();
    api = await FakeApi.start((asked, response) => {
      if (asked.query.get('watch') === null) {
        json(response, { metadata: { resourceVersion: revision }, items });
        return;
      }
      const stream = streams.shift();
      response.writeHead(200, { 'content-type': mediaType });
      response.flushHeaders();
      stream?.(response);
    });
  });
  afterEach(async () => {
    stop.abort();
    await running.done;
    await api.close();
  });

  const start = () => {
    running = watch<KubeObject>(
      api.client(),
      '/api/v1/pods',
      { query: { fieldSelector: 'x=y' } },
      {
        onObject: (op, object) => seen.push(`${op} ${object.metadata.name}`),
        onState: (op, { reason }) => states.push(reason === undefined || op !== 'gap' ? op : `gap ${reason}`),
      },
      stop.signal,
    );
  };
  const watches = (): Asked[] => api.asked.filter(({ query }) => query.get('watch') !== null);
  const lists = (): Asked[] => api.asked.filter(({ query }) => query.get('watch') === null);
  const gaps = () => states.filter((s) => s.startsWith('gap'));

  it('lists, then watches from the list’s revision', async () => {
    items = [pod('a', '5')];
    streams = [(r) => r.write(event('ADDED', pod('b', '11')) + event('MODIFIED', pod('a', '12')))];
    start();
    await running.synced;
    await until(() => seen.length === 3);
    expect(seen).to.deep.equal(['listed a', 'added b', 'modified a']);
    expect(states).to.deep.equal(['synced']);
    const { query } = watches()[0]!;
    expect(Object.fromEntries(query)).to.include({
      resourceVersion: '10',
      allowWatchBookmarks: 'true',
      fieldSelector: 'x=y',
    });
  });

  it('goes on from the last bookmark when the server ends a stream, and that is no gap', async () => {
    streams = [
      (r) => r.end(event('ADDED', pod('a', '11')) + event('BOOKMARK', { metadata: { resourceVersion: '40' } })),
    ];
    start();
    await until(() => watches().length === 2);
    expect(watches().map(({ query }) => query.get('resourceVersion'))).to.deep.equal(['10', '40']);
    expect(seen).to.deep.equal(['added a']);
    expect(states).to.deep.equal(['synced']);
  });

  it('does not spin when a server ends every stream at once', async () => {
    streams = Array.from({ length: 1000 }, () => (r: ServerResponse) => r.end());
    start();
    await running.synced;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(watches().length).to.be.within(2, 12);
    expect(gaps()).to.deep.equal([]);
  });

  it('tells a broken stream as a gap, goes on from the last revision, and tells that it resumed', async () => {
    streams = [
      (r) => {
        r.write(event('ADDED', pod('a', '11')));
        setTimeout(() => r.destroy(), 20);
      },
      (r) => r.write(event('ADDED', pod('b', '12'))),
    ];
    start();
    await until(() => seen.length === 2);
    expect(seen).to.deep.equal(['added a', 'added b']);
    expect(states.map((s) => s.split(' ')[0])).to.deep.equal(['synced', 'gap', 'resumed']);
    expect(watches().map(({ query }) => query.get('resourceVersion'))).to.deep.equal(['10', '11']);
    expect(lists()).to.have.length(1);
  });

  it('drops the half of an event that a broken stream left, and does not take it for the start of the next', async () => {
    const whole = event('ADDED', pod('a', '11'));
    streams = [
      (r) => {
        r.write(whole.slice(0, 30));
        setTimeout(() => r.destroy(), 20);
      },
      (r) => r.write(whole),
    ];
    start();
    await until(() => seen.length === 1);
    expect(seen).to.deep.equal(['added a']);
  });

  const expired: [string, (response: ServerResponse) => unknown][] = [
    ['an ERROR event', (r) => r.end(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }))],
  ];
  for (const [what, stream] of expired) {
    it(`lists anew after ${what}, and tells what changed and what vanished`, async () => {
      items = [pod('gone', '1'), pod('same', '2'), pod('changed', '3')];
      streams = [
        (r) => {
          items = [pod('same', '2'), pod('changed', '30'), pod('new', '31')];
          revision = '50';
          stream(r);
        },
      ];
      start();
      await until(() => watches().length === 2);
      expect(seen.slice(0, 3)).to.deep.equal(['listed gone', 'listed same', 'listed changed']);
      expect(seen.slice(3)).to.deep.equal(['listed changed', 'listed new', 'deleted gone']);
      expect(watches()[1]?.query.get('resourceVersion')).to.equal('50');
      await until(() => states.length === 3);
      expect(states.map((s) => s.split(' ')[0])).to.deep.equal(['synced', 'gap', 'resumed']);
    });
  }

  it('lists anew when the watch itself is answered with 410', async () => {
    const answer = api.answer;
    let refused = false;
    api.answer = (asked, response) => {
      if (asked.query.get('watch') === null || refused) return answer(asked, response);
      refused = true;
      revision = '50';
      return status(response, 410, 'Expired', 'too old resource version');
    };
    start();
    await until(() => states.includes('resumed'));
    expect(lists()).to.have.length(2);
    expect(watches()[1]?.query.get('resourceVersion')).to.equal('50');
    expect(gaps()[0]).to.include('too old resource version');
  });

  it('tells the gap once, however many tries it takes', async () => {
    const answer = api.answer;
    let failures = 3;
    api.answer = (asked, response) => {
      if (asked.query.get('watch') === null || failures-- <= 0) return answer(asked, response);
      return status(response, 503, 'ServiceUnavailable', 'starting');
    };
    start();
    await until(() => states.includes('resumed'));
    expect(states.map((s) => s.split(' ')[0])).to.deep.equal(['synced', 'gap', 'resumed']);
  });

  it('is synced once the first list that failed works', async () => {
    const answer = api.answer;
    let failures = 2;
    items = [pod('a', '1')];
    api.answer = (asked, response) =>
      failures-- > 0 ? status(response, 500, 'InternalError', 'etcd is away') : answer(asked, response);
    start();
    await running.synced;
    await until(() => states.includes('resumed'));
    expect(seen).to.deep.equal(['listed a']);
    expect(states.map((s) => s.split(' ')[0])).to.deep.equal(['gap', 'synced', 'resumed']);
  });

  it('ends on abort, in a stream and in a pause between tries', async () => {
    start();
    await until(() => watches().length === 1);
    stop.abort();
    await running.done;
    expect(states).to.deep.equal(['synced', 'stopped']);

    states.length = 0;
    stop = new AbortController();
    await api.close();
    api = await FakeApi.start((_asked, response) => status(response, 500, 'InternalError', 'no'));
    start();
    await until(() => states.length === 1);
    stop.abort();
    await Promise.all([running.done, running.synced]);
    expect(states.at(-1)).to.equal('stopped');
  });

  it('takes an answer in another form for a gap', async () => {
    streams = [];
    mediaType = 'text/html; charset=utf-8';
    start();
    await until(() => gaps().length === 1);
    expect(gaps()[0]).to.contain('expected application/json, seen text/html; charset=utf-8');
    mediaType = 'Application/JSON; charset=utf-8';
    await until(() => states.includes('resumed'));
  });

  it('reads events that come in pieces, also when a character is cut in two', async () => {
    const bytes = Buffer.from(event('ADDED', pod('größe-✓-𝄞', '11')) + event('ADDED', pod('next', '12')));
    streams = [
      async (r) => {
        for (const byte of bytes) {
          r.write(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    ];
    start();
    await until(() => seen.length === 2);
    expect(seen).to.deep.equal(['added größe-✓-𝄞', 'added next']);
  });
});
