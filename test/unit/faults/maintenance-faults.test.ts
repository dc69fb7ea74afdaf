import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { batchCollision } from '../../../harness/faults/batch-collision.ts';
import { evictOne } from '../../../harness/faults/evict-one.ts';
import { nodeCriticalCollision } from '../../../harness/faults/node-critical-collision.ts';
import { rulesDeleted } from '../../../harness/faults/rules-deleted.ts';
import type { RequestMade } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { Person } from '../../../harness/people/person.ts';
import { FakeApi, json, status } from '../kube/fake-api.ts';

describe('faults that somebody causes with a single request', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let person: Person;
  let requests: RequestMade[];
  /** How each path is answered when not with success, by its last part. */
  let answers: Record<string, number>;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-faults-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    [requests, answers] = [[], {}];
    journal.subscribe((e) => e.type === 'request' && requests.push(e));
    api = await FakeApi.start(({ path }, response) => {
      const code = answers[path.split('/').at(-1) as string];
      if (code === undefined) json(response, {});
      else status(response, code, 'Refused', 'so');
    });
    person = new Person('platform-admin', api.credentials, journal);
  });
  afterEach(async () => {
    await person.client.close();
    journal.close();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const made = () => requests.map(({ verb, object, code }) => `${verb} ${object} ${code}`);

  it('evict-one asks the eviction API for one pod, once, and takes a budget’s no', async () => {
    const fault = evictOne(
      () => person,
      () => ({ namespace: 'kyverno', name: 'k' }),
    );
    await fault.inject();
    answers = { eviction: 429 };
    await fault.inject();
    await fault.revert();
    expect(made()).to.deep.equal(['evict Pod/kyverno/k 200', 'evict Pod/kyverno/k 429']);
  });

  it('rules-deleted deletes what enforces the rules, whichever of it is there', async () => {
    answers = { 'kyverno-resource-mutating-webhook-cfg': 404, 'require-team-label': 404 };
    const fault = rulesDeleted(() => person);
    await fault.inject();
    await fault.revert();
    expect(made()).to.deep.equal([
      'delete ValidatingWebhookConfiguration/kyverno-resource-validating-webhook-cfg 200',
      'delete MutatingWebhookConfiguration/kyverno-resource-mutating-webhook-cfg 404',
      'delete ValidatingAdmissionPolicyBinding/require-team-label 404',
    ]);
  });

  it('node-critical-collision asks for an agent on every real node, and keeps them off the fake ones', async () => {
    const { security } = loadProfile({ profile: 'two-infrastructure-nodes' }).profile.workloads;
    await nodeCriticalCollision(security, 2, person, 'r').inject();
    const body = api.asked.find(({ path }) => path.endsWith('/deployments/security-agent'))?.body;
    const { replicas, template } = (body as { spec: { replicas: number; template: { spec: object } } }).spec;
    expect(replicas).to.equal(2);
    expect(template.spec).to.deep.include({
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
    });
    const terms = [{ matchExpressions: [{ key: 'falldown.dev/node', operator: 'NotIn', values: ['fake'] }] }];
    expect(template.spec)
      .to.have.nested.property('affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms')
      .that.deep.equals(terms);
  });

  it('batch-collision can come again: the Job that was suspended is still there', async () => {
    const { encoding } = loadProfile({ profile: 'two-infrastructure-nodes' }).profile.workloads;
    api.answer = ({ method }, response) => json(response, method === 'GET' ? { items: [] } : {});
    const fault = batchCollision({ encoding, user: person, admin: person, runId: 'r' });
    for (let i = 0; i < 2; i++) {
      await fault.inject();
      await fault.revert();
    }
    expect(made()).to.deep.equal([
      'create Job/encoding/encode-on-infrastructure 200',
      'patch Job/encoding/encode-on-infrastructure 200',
      'create Job/encoding/encode-on-infrastructure-2 200',
      'patch Job/encoding/encode-on-infrastructure-2 200',
    ]);
  });
});
