import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Journal } from '../../../harness/journal/writer.ts';
import { cleanUp, freeOne, stockOf } from '../../../harness/people/clean-up.ts';
import { Person } from '../../../harness/people/person.ts';
import { REFUSED } from '../../fixtures/journals/a-journal.ts';
import { FakeApi, json, status } from '../kube/fake-api.ts';

const TRACKED = ['batch.kubernetes.io/job-tracking'];
const pod = (name: string, phase = 'Running', going = false, finalizers = TRACKED) => ({
  metadata: { name, finalizers, ...(going ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  status: { phase },
});

describe('clean-ups that people try', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let somebody: Person;
  let pods: object[];
  let refusing: boolean;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-clean-up-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    api = await FakeApi.start();
    somebody = new Person('infra-oncall', api.credentials, journal);
    pods = [];
    refusing = false;
    api.answer = ({ method }, response) => {
      if (method === 'GET') json(response, { metadata: {}, items: pods });
      else if (refusing) status(response, 500, 'InternalError', REFUSED);
      else json(response, {}, 200);
    };
  });
  afterEach(async () => {
    await somebody.client.close();
    await api.close();
    journal.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const written = () => api.asked.filter(({ method }) => method !== 'GET');

  it('are asked for pod by pod, of those that are still there', async () => {
    pods = [pod('a'), pod('b', 'Succeeded'), pod('c', 'Running', true), pod('d', 'Pending')];
    expect(await cleanUp(somebody, 'delete-pods', 'encoding')).to.deep.equal({ asked: 2, accepted: 2 });
    expect(written().map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).to.deep.equal([
      'DELETE a',
      'DELETE d',
    ]);
  });

  it('go to the eviction API when pods are evicted', async () => {
    pods = [pod('a')];
    await cleanUp(somebody, 'evict-pods', 'encoding');
    expect(written()[0]?.path).to.match(/\/pods\/a\/eviction$/);
  });

  it('are given up after twenty refusals in a row', async () => {
    pods = Array.from({ length: 30 }, (_, i) => pod(`p-${i}`));
    refusing = true;
    expect(await cleanUp(somebody, 'delete-pods', 'encoding')).to.deep.equal({ asked: 20, accepted: 0 });
  });

  for (const policy of ['Background', 'Foreground', 'Orphan'] as const) {
    it(`delete the Job, propagation ${policy}`, async () => {
      const how = `delete-job-${policy.toLowerCase()}` as 'delete-job-orphan';
      expect(await cleanUp(somebody, how, 'encoding')).to.deep.equal({ asked: 1, accepted: 1 });
      expect(written()[0]?.body).to.include({ propagationPolicy: policy });
    });
  }

  it('suspend the Job and resume it', async () => {
    await cleanUp(somebody, 'suspend-job', 'encoding');
    await cleanUp(somebody, 'resume-job', 'encoding');
    expect(written().map(({ body }) => body)).to.deep.equal([
      { spec: { suspend: true } },
      { spec: { suspend: false } },
    ]);
  });

  it('count what is left: a finalizer holds what ended or was told to go, not what runs', async () => {
    pods = [
      pod('a'),
      pod('b', 'Failed'),
      pod('c', 'Running', true),
      pod('d', 'Failed', true, []),
      pod('e', 'Succeeded'),
    ];
    expect(await stockOf(somebody, 'encoding')).to.deep.equal({ pods: 5, terminating: 2, held: 3 });
  });

  it('try to free one that is held, and say what was answered', async () => {
    pods = [pod('a'), pod('b', 'Failed', true)];
    refusing = true;
    expect(await freeOne(somebody, 'encoding')).to.include({ ok: false, code: 500 });
    expect(written()[0]).to.deep.include({ method: 'PATCH', body: { metadata: { finalizers: null } } });
    expect(written()[0]?.path).to.match(/\/pods\/b$/);
    pods = [pod('a')];
    expect(await freeOne(somebody, 'encoding')).to.equal(undefined);
  });
});
