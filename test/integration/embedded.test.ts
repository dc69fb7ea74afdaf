import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Job, V1Node, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { octetName } from '../../clusters/providers/embedded/octet.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { isNotFound, type KubeApiError } from '../../harness/kube/errors.ts';
import { type KubeObject, wire } from '../../harness/kube/object.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { POD } from '../../harness/kube/protobuf/pod.ts';
import { protobuf } from '../../harness/kube/protobuf/watch-events.ts';
import { watch } from '../../harness/kube/watch.ts';
import type { WatchCodec } from '../../harness/kube/watch-codec.ts';
import { ENCODE_ANNOTATION, NODE_LABEL } from '../../harness/labels.ts';
import { isNameHeld } from '../../harness/machine-name.ts';
import { podState } from '../../harness/observe/states.ts';
import { clusterDir } from '../../harness/paths.ts';
import { identityOf, processesOf } from '../../harness/processes.ts';
import { type Cluster, eventually, Lab, processesOfPod, sleeper } from './lab.ts';

const PODS = pathOf('Pod', { namespace: 'default' });
const podPath = (name: string) => pathOf('Pod', { namespace: 'default', name });

describe('embedded clusters', function () {
  this.timeout(90_000);
  let lab: Lab;
  let one: Cluster;
  let two: Cluster;

  before(async () => {
    lab = new Lab();
    [one, two] = (await Promise.all(['one', 'two'].map((name) => lab.up(name, { gatekeeper: false })))) as [
      Cluster,
      Cluster,
    ];
  });
  after(() => lab.close());

  const pod = (name: string) => one.admin.get<V1Pod>(podPath(name));
  const isReady = (p: V1Pod) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  const octetOf = async ({ admin }: Cluster) => {
    const service = await admin.get<{ spec: { clusterIP: string } }>('/api/v1/namespaces/default/services/kubernetes');
    return Number(service.spec.clusterIP.split('.')[1]);
  };

  it('are several side by side, each with its own server, addresses and nodes', async () => {
    expect(one.admin.server).not.to.equal(two.admin.server);
    expect(await octetOf(one)).not.to.equal(await octetOf(two));
    for (const { admin, handle } of [one, two]) {
      const { items } = await admin.get<{ items: V1Node[] }>(pathOf('Node'));
      expect(items.map(({ metadata }) => metadata?.name)).to.have.members(['real-0', 'fake-0', 'fake-1']);
      expect(handle).to.deep.include({ nodes: ['real-0'], fakeNodes: 2, provider: 'embedded' });
    }
    await one.admin.create(PODS, sleeper('only-here'));
    expect(await two.admin.get(podPath('only-here')).catch(isNotFound)).to.equal(true);
    await one.admin.delete(podPath('only-here'), { gracePeriodSeconds: 0 });
  });

  it('run a pod on the real node as a process, and deleting it kills that process', async () => {
    await one.admin.create(PODS, sleeper('runs'));
    const running = await eventually('the pod to be ready', async () => {
      const seen = await pod('runs');
      return isReady(seen) ? seen : undefined;
    });
    expect(running.status).to.include({ phase: 'Running' });
    expect(running.spec?.nodeName).to.equal('real-0');
    const [started] = processesOfPod(one, 'default/runs');
    expect(started).to.include({ op: 'started', container: 'main' });
    expect(identityOf(started!.pid)).not.to.equal(undefined);
    expect(processesOf(one.handle.name)).to.include(started!.pid);

    await one.admin.delete(podPath('runs'), { gracePeriodSeconds: 5 });
    await eventually('the pod to be gone', () => pod('runs').then(() => false, isNotFound), 15);
    expect(identityOf(started!.pid)).to.equal(undefined);
    expect(processesOfPod(one, 'default/runs').map(({ op }) => op)).to.deep.equal(['started', 'signalled', 'exited']);
  });

  it('back off from a pod that crashes, and nobody replaces it', async () => {
    const container = { name: 'main', image: 'busybox', command: ['false'] };
    const labels = { app: 'crashing' };
    await one.admin.create(pathOf('Deployment', { namespace: 'default' }), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'crashing' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });
    const query = { labelSelector: 'app=crashing' };
    const pods = async () => (await one.admin.get<{ items: V1Pod[] }>(PODS, { query })).items;
    const waiting = await eventually('the back-off', async () =>
      (await pods()).find((p) => p.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff'),
    );
    expect(waiting.status?.phase).to.equal('Running');
    expect(waiting.status?.containerStatuses?.[0]).to.include({ restartCount: 1, ready: false });
    expect(
      processesOfPod(one, `default/${waiting.metadata?.name}`).filter(({ op }) => op === 'started'),
    ).to.have.length(2);
    // A pod that had been Failed for a moment would have been replaced by now.
    expect((await pods()).map(({ metadata }) => metadata?.uid)).to.deep.equal([waiting.metadata?.uid]);
  });

  it('refuse to run what is not theirs', async () => {
    const container = { name: 'main', image: 'nginx', command: ['sh', '-c', 'touch /tmp/never'] };
    await one.admin.create(PODS, sleeper('foreign', { containers: [container] }));
    const status = await eventually('the refusal', async () => (await pod('foreign')).status?.containerStatuses?.[0]);
    expect(status.state?.waiting?.reason).to.be.oneOf(['ContainerCreating', 'ErrImageNeverPull']);
    await eventually('the reason', async () => {
      const state = (await pod('foreign')).status?.containerStatuses?.[0]?.state?.waiting;
      return state?.reason === 'ErrImageNeverPull' && state.message?.includes('nginx');
    });
    expect((await pod('foreign')).status?.phase).to.equal('Pending');
    expect(processesOfPod(one, 'default/foreign')).to.deep.equal([]);
    await one.admin.delete(podPath('foreign'));
    await eventually('the pod to be gone', () => pod('foreign').then(() => false, isNotFound), 15);
  });

  it('tell the same of a pod in protobuf as in JSON, through its whole life', async () => {
    const stop = new AbortController();
    /** What the journal would keep, by uid and revision. */
    const seenBy = async (codec?: WatchCodec<KubeObject>) => {
      const seen = new Map<string, unknown>();
      const handlers = {
        onObject: (op: string, object: KubeObject) => {
          const { uid, resourceVersion } = object.metadata;
          seen.set(`${uid} ${resourceVersion} ${op}`, podState(wire<V1Pod>(object)));
        },
      };
      const started = watch(one.admin, PODS, codec === undefined ? {} : { codec }, handlers, stop.signal);
      await started.synced;
      return { seen, done: started.done };
    };
    const json = await seenBy();
    const proto = await seenBy(protobuf(POD));
    const crashing = { name: 'main', image: 'busybox', command: ['false'] };
    await one.admin.create(PODS, sleeper('comes-and-goes'));
    await one.admin.create(PODS, sleeper('crashes', { containers: [crashing] }));
    await one.admin.create(PODS, sleeper('never-placed', { nodeSelector: { no: 'such-node' } }));
    const told = (what: string) => [...json.seen.values()].some((state) => JSON.stringify(state).includes(what));
    for (const what of ['"ready":true', 'CrashLoopBackOff', 'Unschedulable'])
      await eventually(what, async () => told(what));
    for (const name of ['comes-and-goes', 'crashes', 'never-placed']) {
      await one.admin.delete(podPath(name), { gracePeriodSeconds: 1 });
      await eventually(`${name} to be gone`, () => pod(name).then(() => false, isNotFound), 15);
    }
    const deletions = (seen: Map<string, unknown>) => [...seen.keys()].filter((key) => key.endsWith('deleted')).length;
    await eventually('both to have seen it', async () => deletions(json.seen) >= 3 && deletions(proto.seen) >= 3);
    stop.abort();
    await Promise.all([json.done, proto.done]);
    expect(Object.fromEntries(proto.seen)).to.deep.equal(Object.fromEntries(json.seen));
    expect(told('"deleting":true')).to.equal(true);
  });

  it('have fake nodes that finish a Job’s pods after their encode time, and not before', async () => {
    const jobs = pathOf('Job', { namespace: 'default' });
    await one.admin.create(jobs, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'encode' },
      spec: {
        completions: 20,
        parallelism: 20,
        completionMode: 'Indexed',
        template: {
          metadata: { annotations: { [ENCODE_ANNOTATION]: '2s' }, labels: { app: 'encode' } },
          spec: {
            restartPolicy: 'Never',
            nodeSelector: { [NODE_LABEL]: 'fake' },
            tolerations: [{ key: NODE_LABEL, operator: 'Exists' }],
            containers: [{ name: 'encode', image: 'busybox', command: ['sleep', '2'] }],
          },
        },
      },
    });
    await eventually('the Job to complete', async () => {
      const { status } = await one.admin.get<V1Job>(`${jobs}/encode`);
      return status?.conditions?.some((c) => c.type === 'Complete' && c.status === 'True');
    });
    const query = { labelSelector: 'app=encode' };
    const { items } = await one.admin.get<{ items: V1Pod[] }>(PODS, { query });
    expect(items).to.have.length(20);
    for (const { spec, status } of items) {
      expect(spec?.nodeName).to.match(/^fake-/);
      expect(status?.phase).to.equal('Succeeded');
      const ended = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt;
      // Kubernetes' times are whole seconds.
      const seconds = (Date.parse(String(ended)) - Date.parse(String(status?.startTime))) / 1000;
      expect(seconds).to.be.within(1, 15);
    }
  });

  it('leave no process, no folder, no port and no claim when they are taken down, and the others go on', async () => {
    const octet = await octetOf(two);
    const { name } = two.handle;
    const credentials = await credentialsFrom(two.handle.kubeconfig);
    expect(processesOf(name).length).to.be.above(4);
    expect(await isNameHeld(octetName(octet))).to.equal(true);
    await lab.down(two);
    expect(processesOf(name)).to.deep.equal([]);
    expect(existsSync(clusterDir(name))).to.equal(false);
    expect(existsSync(join(lab.dir, 'falldown', 'clusters', name))).to.equal(false);
    expect(await isNameHeld(octetName(octet))).to.equal(false);
    // Its port may be somebody else's by now, who knows nothing of its certificates.
    const orphan = new KubeClient(credentials);
    const { code } = await orphan.get('/readyz').then(
      () => ({ code: 200 }),
      (error: KubeApiError) => error,
    );
    await orphan.close();
    expect(code).to.equal(0);
    expect((await one.admin.get<{ items: V1Node[] }>(pathOf('Node'))).items).to.have.length(3);
    // Twice is as good as once.
    await lab.down(two);
  });
});
