import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { createIdentities } from '../../../harness/kube/identities.ts';
import { FakeApi, failureOf, json, status } from './fake-api.ts';

const { profile } = loadProfile({ profile: 'as-in-the-incident' });
const identities: typeof profile.identities = [
  { name: 'oncall', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }] },
  { name: 'admin', clusterRole: 'cluster-admin' },
];

describe('createIdentities', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start(({ path }, response) =>
      json(response, path.endsWith('/token') ? { status: { token: `token of ${path.split('/').at(-2)}` } } : {}),
    );
  });
  afterEach(() => api.close());

  const base = () => ({ ...api.credentials, tls: { ca: 'CA', cert: 'CERT', key: 'KEY' } });
  const make = () => createIdentities(api.client(), base(), { ...profile, identities }, 'run-1');
  const applied = (path: string) => api.by('PATCH').find((asked) => asked.path === path)?.body;

  it('gives each a ServiceAccount, its own role or a named one, and a token', async () => {
    await make();
    const labels = { 'falldown.dev/run': 'run-1' };
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    expect(applied('/api/v1/namespaces/falldown-identities')).to.deep.include({ kind: 'Namespace' });
    for (const name of ['oncall', 'admin']) {
      expect(applied(`/api/v1/namespaces/falldown-identities/serviceaccounts/${name}`)).to.deep.equal({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace: 'falldown-identities', name, labels },
      });
    }
    expect(applied(`${rbac}/clusterroles/falldown:oncall`)).to.deep.include({
      kind: 'ClusterRole',
      metadata: { name: 'falldown:oncall', labels },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }],
    });
    const bound = (role: string, name: string) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `falldown:${name}`, labels },
      subjects: [{ kind: 'ServiceAccount', namespace: 'falldown-identities', name }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    });
    expect(applied(`${rbac}/clusterrolebindings/falldown:oncall`)).to.deep.equal(bound('falldown:oncall', 'oncall'));
    expect(applied(`${rbac}/clusterrolebindings/falldown:admin`)).to.deep.equal(bound('cluster-admin', 'admin'));
  });

  it('never touches a role that is not its own', async () => {
    await make();
    const roles = api.by('PATCH').filter(({ path }) => path.includes('/clusterroles/'));
    expect(roles.map(({ path }) => path.split('/').at(-1))).to.deep.equal(['falldown:oncall']);
  });

  it('hands out tokens, and nothing of the admin’s own certificate', async () => {
    const people = await make();
    expect([...people.keys()]).to.have.members(['oncall', 'admin']);
    expect(people.get('oncall')).to.deep.equal({
      cluster: 'fake',
      server: api.credentials.server,
      user: 'oncall',
      headers: { authorization: 'Bearer token of oncall' },
      tls: { ca: 'CA' },
    });
  });

  it('fails when one of them cannot be made', async () => {
    const answer = api.answer;
    api.answer = (asked, response) =>
      asked.path.endsWith('/clusterrolebindings/falldown:admin')
        ? status(response, 403, 'Forbidden', 'no escalation')
        : answer(asked, response);
    expect((await failureOf(make())).message).to.include('no escalation');
  });
});
