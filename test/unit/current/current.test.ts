import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { current } from '../../../clusters/providers/current/index.ts';
import { removeOurObjects } from '../../../clusters/providers/current/remove.ts';
import { FakeApi, failureOf, json, status } from '../kube/fake-api.ts';

const RUN = 'r-1';

describe('a cluster of the user’s own', () => {
  let dir: string;
  let kubeconfig: string;
  let api: FakeApi;
  /** Paths of objects that are there; by list, the names that it shows to whoever asks with the run’s label. */
  let there: string[];
  let ours: Record<string, string[]>;
  const before = process.env.KUBECONFIG;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-current-'));
    [there, ours] = [[], {}];
    const resource = (name: string, verbs = ['list', 'delete'], namespaced = false) => ({ name, verbs, namespaced });
    const groups = ['scheduling.k8s.io/v1', 'flowcontrol.apiserver.k8s.io/v1', 'broken.example/v1'];
    api = await FakeApi.start(({ method, path }, response) => {
      if (path === '/apis') {
        return json(response, { groups: groups.map((groupVersion) => ({ preferredVersion: { groupVersion } })) });
      }
      if (path === '/api/v1') {
        const resources = [resource('namespaces'), resource('pods', undefined, true), resource('namespaces/status')];
        return json(response, { resources: [...resources, resource('componentstatuses', ['get', 'list'])] });
      }
      if (path === '/apis/scheduling.k8s.io/v1') return json(response, { resources: [resource('priorityclasses')] });
      if (path === '/apis/flowcontrol.apiserver.k8s.io/v1') {
        return json(response, { resources: [resource('flowschemas')] });
      }
      if (path === '/apis/broken.example/v1') return status(response, 503, 'ServiceUnavailable', 'not now');
      if (method === 'DELETE') {
        const list = path.split('/').slice(0, -1).join('/');
        ours[list] = ours[list]?.filter((name) => name !== path.split('/').at(-1)) ?? [];
        return json(response, {});
      }
      if (there.includes(path)) return json(response, { metadata: { name: path.split('/').at(-1) } });
      if (/\/(namespaces|priorityclasses)\/[^/]+$/.test(path)) return status(response, 404, 'NotFound', 'not there');
      json(response, { items: (ours[path] ?? []).map((name) => ({ metadata: { name } })) });
    });
    kubeconfig = join(dir, 'kubeconfig');
    const { server } = api.credentials;
    const named = { name: 'lab', cluster: { server } };
    const context = { name: 'lab', context: { cluster: 'lab', user: 'me' } };
    const users = [{ name: 'me', user: { token: 'x' } }];
    const config = { apiVersion: 'v1', kind: 'Config', clusters: [named], contexts: [context], users };
    writeFileSync(kubeconfig, JSON.stringify({ ...config, 'current-context': 'lab' }));
    process.env.KUBECONFIG = kubeconfig;
    writeFileSync(join(dir, 'helm'), `#!/bin/sh\necho "$*" >>${dir}/helm.log\n`);
    chmodSync(join(dir, 'helm'), 0o755);
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before;
    await api.close();
    rmSync(dir, { recursive: true });
  });

  it('is refused when it has what a run would make and remove, before anything is made', async () => {
    const { profile } = loadProfile({ profile: 'as-in-the-incident' });
    const silent = { step: () => () => undefined, say: () => undefined };
    const signal = new AbortController().signal;
    for (const [path, on] of [
      ['/api/v1/namespaces/kyverno', 'Namespace/kyverno'],
      ['/api/v1/namespaces/security', 'Namespace/security'],
      ['/apis/scheduling.k8s.io/v1/priorityclasses/security-critical', 'PriorityClass/security-critical'],
    ] as const) {
      there = [path];
      const refused = await failureOf(current('lab').prepare(profile, silent, signal));
      expect(refused).to.include({ code: 'OBJECTS_PRESENT', exitCode: 2 });
      expect(refused.message).to.include(on);
    }
    expect(api.asked.every(({ method }) => method === 'GET')).to.equal(true);
  });

  const deleted = () => api.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

  it('loses what bears the run’s label and no more, the namespaces last', async () => {
    ours = {
      '/api/v1/namespaces': ['encoding', 'kyverno'],
      '/apis/scheduling.k8s.io/v1/priorityclasses': ['security-critical'],
      '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas': ['encoding-jobs'],
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations': ['kyverno-resource'],
    };
    await removeOurObjects(kubeconfig, RUN, join(dir, 'helm'));
    expect(deleted()).to.deep.equal([
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kyverno-resource',
      '/apis/scheduling.k8s.io/v1/priorityclasses/security-critical',
      '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/encoding-jobs',
      '/api/v1/namespaces/encoding',
      '/api/v1/namespaces/kyverno',
    ]);
    const lists = api.asked.filter(({ method, query }) => method === 'GET' && query.has('labelSelector'));
    expect(lists.some(({ query }) => query.get('labelSelector') === `falldown.dev/run=${RUN}`)).to.equal(true);
  });

  it('keeps the webhooks of a gatekeeper that somebody installed since', async () => {
    ours = {
      '/api/v1/namespaces': ['encoding'],
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations': ['kyverno-resource'],
    };
    await removeOurObjects(kubeconfig, RUN, join(dir, 'helm'));
    expect(deleted()).to.deep.equal(['/api/v1/namespaces/encoding']);
  });
});
