import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { expect } from 'chai';
import { PodWorker } from '../../../clusters/providers/embedded/agent/pod-worker.ts';
import { ProcessLog } from '../../../clusters/providers/embedded/agent/process-log.ts';
import { until } from '../../until.ts';
import { type Answering, type Asked, FakeApi, json, status } from '../kube/fake-api.ts';
import { agentConfig } from './agent-config.ts';

const PATH = '/api/v1/namespaces/n/pods/p';

describe('node agent: pod', () => {
  let dir: string;
  let api: FakeApi;
  let events: string[];
  let worker: PodWorker;
  /** Overrides of what the API server says, by method and path. */
  let says: (asked: Asked) => Answering | undefined;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-pod-'));
    events = [];
    says = () => undefined;
    api = await FakeApi.start((asked, response) => {
      const own = says(asked);
      if (own !== undefined) return own(asked, response);
      return json(response, asked.path.endsWith('/token') ? { status: { token: 't' } } : {});
    });
  });
  afterEach(async () => {
    await worker.vanished();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const pod = (spec: object, metadata: object = {}): V1Pod =>
    ({
      metadata: { namespace: 'n', name: 'p', uid: 'u', ...metadata },
      spec: { nodeName: 'real-0', ...spec },
    }) as unknown as V1Pod;
  const sleeping = { name: 'main', image: 'busybox', command: ['sleep', '60'] };
  const running = (spec: object = { containers: [sleeping] }) => {
    worker = new PodWorker(pod(spec), {
      config: agentConfig(dir),
      node: api.client(),
      base: api.credentials,
      log: new ProcessLog(join(dir, 'processes.ndjson')),
      event: (_pod, _type, reason, message) => events.push(`${reason} ${message}`),
      podIP: '10.53.128.1',
    });
    return worker.run();
  };
  const deletion = (deletionGracePeriodSeconds: number) =>
    worker.update(pod({}, { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds }));
  const told = (): V1PodStatus[] =>
    api
      .by('PATCH')
      .filter(({ path }) => path === `${PATH}/status`)
      .map(({ body }) => (body as { status: V1PodStatus }).status);
  const phases = () =>
    told()
      .map(({ phase }) => phase)
      .filter((phase, i, all) => phase !== all[i - 1]);
  const ready = () =>
    told()
      .at(-1)
      ?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const log = () =>
    readFileSync(join(dir, 'processes.ndjson'), { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter(Boolean)
      .map((l) => JSON.parse(l));
  const deletes = () => api.by('DELETE');

  it('goes from Pending to Running and Ready, with an address', async () => {
    void running();
    await until(() => ready() === 'True');
    expect(phases()).to.deep.equal(['Pending', 'Running']);
    expect(told().at(-1)).to.include({ podIP: '10.53.128.1' });
    expect(log()[0]).to.include({ op: 'started', pod: 'n/p', container: 'main' });
  });

  for (const [phase, command] of [
    ['Succeeded', 'true'],
    ['Failed', 'false'],
  ] as const) {
    it(`ends as ${phase} under policy Never`, async () => {
      await running({ restartPolicy: 'Never', containers: [{ ...sleeping, command: [command] }] });
      await until(() => phases().at(-1) === phase);
      expect(ready()).to.equal('False');
    });
  }

  it('that crash-loops is Running all along, never Failed: nobody may replace it', async () => {
    void running({ containers: [{ ...sleeping, command: ['false'] }] });
    await until(() => told().at(-1)?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
    expect(phases()).to.deep.equal(['Pending', 'Running']);
  });

  it('that crash-loops has ended when it is deleted', async () => {
    void running({ containers: [{ ...sleeping, command: ['false'] }] });
    await until(() => told().at(-1)?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
    deletion(30);
    await until(() => deletes().length === 1);
    expect(phases().at(-1)).to.equal('Failed');
  });

  it('runs its init containers first, one after the other', async () => {
    void running({
      initContainers: ['a', 'b'].map((name) => ({ name, image: 'busybox', command: ['true'] })),
      containers: [sleeping],
    });
    await until(() => ready() === 'True');
    expect(log().map(({ op, container }) => `${op} ${container}`)).to.deep.equal([
      'started a',
      'exited a',
      'started b',
      'exited b',
      'started main',
    ]);
  });

  it('does not start when an init container fails for good', async () => {
    await running({
      restartPolicy: 'Never',
      initContainers: [{ name: 'a', image: 'busybox', command: ['false'] }],
      containers: [sleeping],
    });
    await until(() => phases().at(-1) === 'Failed');
    expect(log().some(({ container }) => container === 'main')).to.equal(false);
  });

  it('stays Pending while an init container is restarted', async () => {
    void running({ initContainers: [{ name: 'a', image: 'busybox', command: ['false'] }], containers: [sleeping] });
    await until(() => told().at(-1)?.initContainerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
    expect(phases()).to.deep.equal(['Pending']);
  });

  it('is stopped, told as ended, and then deleted for good, by its own uid', async () => {
    void running();
    await until(() => ready() === 'True');
    deletion(5);
    await until(() => deletes().length === 1);
    expect(log().map(({ op }) => op)).to.deep.equal(['started', 'signalled', 'exited']);
    expect(deletes()[0]?.body).to.deep.include({ gracePeriodSeconds: 0, preconditions: { uid: 'u' } });
    expect(phases().at(-1)).to.equal('Failed');
    const lastStatus = api.asked.findLastIndex(({ method }) => method === 'PATCH');
    expect(lastStatus).to.be.below(api.asked.findIndex(({ method }) => method === 'DELETE'));
  });

  it('that is deleted while it is being set up never starts', async () => {
    const held = Promise.withResolvers<void>();
    says = ({ path }) =>
      path.endsWith('/token')
        ? async (_asked, response) => {
            await held.promise;
            json(response, { status: { token: 't' } });
          }
        : undefined;
    const run = running();
    await until(() => api.by('POST').length === 1);
    deletion(30);
    await until(() => deletes().length === 1);
    held.resolve();
    await run;
    expect(log()).to.deep.equal([]);
    expect(phases()).to.deep.equal(['Failed']);
  });

  it('whose last word is refused stays, says so once in the journal, and tries again', async function () {
    this.timeout(20_000);
    let refusals = 2;
    const message = 'Internal error occurred: failed calling webhook "w": connection refused';
    says = ({ method }) =>
      method === 'DELETE' && refusals-- > 0
        ? (_asked, response) => status(response, 500, 'InternalError', message)
        : undefined;
    void running();
    await until(() => ready() === 'True');
    deletion(1);
    await until(() => deletes().length === 3);
    const requests = log().filter(({ type }) => type === 'request');
    expect(requests).to.have.length(1);
    expect(requests[0]).to.deep.include({
      actor: 'node-agent/real-0',
      intent: 'finish-pod-deletion',
      object: 'Pod/n/p',
      code: 500,
      message,
    });
  });

  it('that is gone from the API is killed at once; its log stays, its secrets do not', async () => {
    void running();
    await until(() => ready() === 'True');
    const folder = join(dir, 'n_p_u');
    expect(existsSync(join(folder, 'kubeconfig'))).to.equal(true);
    await worker.vanished();
    expect(log().at(-1)).to.include({ op: 'exited', signal: 'SIGKILL' });
    expect(existsSync(join(folder, 'kubeconfig'))).to.equal(false);
    expect(existsSync(join(folder, 'main.log'))).to.equal(true);
    expect(deletes()).to.deep.equal([]);
  });

  it('is set up again and again while the API server cannot help, and starts when it can', async () => {
    let failures = 1;
    says = ({ path }) =>
      path.endsWith('/configmaps/late') && failures-- > 0
        ? (_asked, response) => status(response, 404, 'NotFound', 'configmaps "late" not found')
        : undefined;
    void running({ volumes: [{ name: 'v', configMap: { name: 'late' } }], containers: [sleeping] });
    await until(() => told().length === 1);
    expect(told()[0]).to.include({ phase: 'Pending', reason: 'CreateContainerConfigError' });
    expect(events[0]).to.include('configmaps "late" not found');
    await until(() => ready() === 'True');
    // null takes it away; left out, a patch would leave it there.
    expect(told().at(-1)).to.include({ reason: null, message: null });
  });

  it('asks once more for a token that the authorizer does not allow yet', async () => {
    let refusals = 3;
    says = ({ path }) =>
      path.endsWith('/token') && refusals-- > 0
        ? (_asked, response) => status(response, 403, 'Forbidden', 'no relationship found')
        : undefined;
    void running();
    await until(() => ready() === 'True');
    expect(events.some((e) => e.startsWith('Failed'))).to.equal(false);
  });

  it('tells its status again when that was refused', async () => {
    let refusals = 1;
    says = ({ method }) =>
      method === 'PATCH' && refusals-- > 0
        ? (_asked, response) => status(response, 500, 'InternalError', 'etcd is away')
        : undefined;
    void running();
    await until(() => ready() === 'True');
  });

  it('gives its processes its own address, before the API server knows it', async () => {
    const env = [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }];
    void running({ containers: [{ ...sleeping, env }] });
    await until(() => log().length === 1);
    const environment = readFileSync(`/proc/${log()[0].pid}/environ`, 'utf8').split('\0');
    expect(environment).to.include('POD_IP=10.53.128.1');
  });
});
