import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { successorSlippedIn } from '../../../harness/gatekeeper/false-start.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { Live } from '../../../harness/observe/live.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

describe('successorSlippedIn: a dying gatekeeper that admits its own replacement', () => {
  let dir: string;
  let api: FakeApi;
  let admin: KubeClient;
  let journal: Journal;
  let live: Live;
  /** Namespaces that the webhook leaves alone. */
  let exempt: string[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-false-start-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    live = new Live();
    journal.subscribe((event) => live.see(event));
    exempt = [];
    api = await FakeApi.start(({ path }, response) => {
      const name = 'kyverno-resource-validating-webhook-cfg';
      const namespaceSelector = {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exempt }],
      };
      const webhook = {
        name: 'validate.kyverno.svc-fail',
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'kyverno', name: 'kyverno-svc' } },
        rules: [{ operations: ['CREATE'], resources: ['pods'] }],
        ...(exempt.length > 0 ? { namespaceSelector } : {}),
      };
      const validating = path.endsWith('/validatingwebhookconfigurations');
      json(response, { items: validating ? [{ metadata: { name }, webhooks: [webhook] }] : [] });
    });
    admin = new KubeClient(api.credentials, { actor: 'harness', connections: 1 });
    pod('old', { ready: true });
  });
  afterEach(async () => {
    await admin.close();
    await api.close();
    journal.close();
    rmSync(dir, { recursive: true });
  });

  function pod(uid: string, state: { ready?: boolean; deleting?: boolean }, op: 'modified' | 'deleted' = 'modified') {
    const { ready = false, deleting = false } = state;
    const whole = { phase: 'Running', ready, priority: 0, deleting, role: 'gatekeeper' };
    journal.append({ type: 'object', op, kind: 'Pod', ns: 'kyverno', name: uid, uid, state: whole });
  }

  /** What is said after the change, while probes find that the webhook answers, or that nobody does. */
  async function said(change: () => void, answer: 'refused' | 'webhook-down' = 'webhook-down'): Promise<boolean> {
    const before = new Set(live.gatekeepers.keys());
    change();
    const timer = setInterval(() => {
      for (const subject of ['violating', 'good'] as const) {
        journal.append({ type: 'probe', probe: 'enforcement', subject, answer, code: 0, message: '', seconds: 0 });
      }
    }, 10);
    const signal = AbortSignal.timeout(5_000);
    return successorSlippedIn({ admin, live, journal, signal }, before).finally(() => clearInterval(timer));
  }

  it('is one when a new pod is there that nobody could have let in but the dying one', async () => {
    const slipped = await said(() => {
      pod('old', { deleting: true });
      pod('new', {});
    });
    expect(slipped).to.equal(true);
  });

  it('is one when the successor is ready already', async () => {
    const slipped = await said(() => {
      pod('old', {}, 'deleted');
      pod('new', { ready: true });
    }, 'refused');
    expect(slipped).to.equal(true);
  });

  it('is none when nobody came after it', async () => {
    expect(await said(() => pod('old', { deleting: true }))).to.equal(false);
  });

  it('is none when the gatekeeper is broken but still there', async () => {
    expect(await said(() => pod('old', { ready: false }))).to.equal(false);
  });

  it('is none where the webhook leaves the gatekeeper’s namespace alone: there its successor is let in by design', async () => {
    exempt = ['kyverno', 'kube-system'];
    const slipped = await said(() => {
      pod('old', { deleting: true });
      pod('new', {});
    });
    expect(slipped).to.equal(false);
  });
});
