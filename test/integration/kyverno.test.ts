import { connect } from 'node:net';
import type { V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node';
import { expect } from 'chai';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { EXIT, type FalldownError } from '../../harness/errors.ts';
import { type Answer, probePod, type Subject, submitPod } from '../../harness/gatekeeper/enforcement.ts';
import { currentShape } from '../../harness/gatekeeper/gatekeeper.ts';
import { applyAny } from '../../harness/kube/apply-any.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { identityOf, processesOf } from '../../harness/processes.ts';
import { type Cluster, eventually, Lab, processesOfPod } from './lab.ts';

const GATEKEEPER = 'app.kubernetes.io/component=admission-controller';
const { profile } = loadProfile({ profile: 'as-in-the-incident' });
const signal = new AbortController().signal;

describe('Kyverno on an embedded cluster', function () {
  this.timeout(120_000);
  let lab: Lab;
  let cluster: Cluster;

  before(async () => {
    lab = new Lab();
    cluster = await lab.up('kyverno', {
      gatekeeper: true,
      set: ['gatekeeper.values.admissionController.replicas=2'],
    });
  });
  after(() => lab.close());

  const submit = (subject: Subject): Promise<Answer> =>
    submitPod(cluster.admin, 'default', probePod(profile, subject, 'run'), subject, { dryRun: true, signal });
  const pods = async () => {
    const query = { labelSelector: GATEKEEPER };
    const path = pathOf('Pod', { namespace: 'kyverno' });
    return (await cluster.admin.get<{ items: V1Pod[] }>(path, { query })).items;
  };
  const readyPods = async () =>
    (await pods()).filter((p) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
  const pidOf = (pod: V1Pod) =>
    processesOfPod(cluster, `kyverno/${pod.metadata?.name}`).findLast(
      ({ op, container }) => op === 'started' && container === 'kyverno',
    )!.pid;
  /** Connects to the gatekeeper's Service as the API server does. */
  const knock = async (): Promise<string> => {
    const { spec } = await cluster.admin.get<V1Service>(
      pathOf('Service', { namespace: 'kyverno', name: 'kyverno-svc' }),
    );
    return new Promise((resolve) => {
      const socket = connect(spec!.ports![0]!.port, spec!.clusterIP!, () => {
        resolve('open');
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  };

  it('enforces when `up` is done: a violating pod is refused, a good one admitted', async () => {
    expect(await submit('violating')).to.include({ answer: 'refused', code: 400 });
    expect(await submit('good')).to.include({ answer: 'admitted' });
    expect(await currentShape(cluster.admin)).to.equal('self-admission');
  });

  it('has as many replicas as the values say, each a process, and a Service with both', async () => {
    const both = await eventually('two ready replicas', async () => {
      const ready = await readyPods();
      return ready.length === 2 ? ready : undefined;
    });
    expect(new Set(both.map((pod) => pod.status?.podIP)).size).to.equal(2);
    for (const pod of both) expect(identityOf(pidOf(pod))).not.to.equal(undefined);
    await eventually('two ready endpoints', async () => {
      const slices = await cluster.admin.get<{ items: V1EndpointSlice[] }>(
        pathOf('EndpointSlice', { namespace: 'kyverno' }),
        { query: { labelSelector: 'kubernetes.io/service-name=kyverno-svc' } },
      );
      return slices.items.flatMap((s) => s.endpoints ?? []).filter((e) => e.conditions?.ready).length === 2;
    });
  });

  it('enforces a ValidatingPolicy as well as a ClusterPolicy', async () => {
    const good = probePod(profile, 'good', 'run');
    const dark = { ...good, metadata: { ...good.metadata, labels: { ...good.metadata.labels, codec: 'mpeg1' } } };
    const ask = (pod: object) => submitPod(cluster.admin, 'default', pod, 'good', { dryRun: true, signal });
    expect(await ask(dark)).to.include({ answer: 'admitted' });
    await applyAny(cluster.admin, {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ValidatingPolicy',
      metadata: { name: 'no-old-codecs' },
      spec: {
        validationActions: ['Deny'],
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        validations: [
          {
            expression:
              "!has(object.metadata.labels) || !('codec' in object.metadata.labels) || object.metadata.labels.codec != 'mpeg1'",
            message: 'No segment is encoded as MPEG-1 any more.',
          },
        ],
      },
    } as Parameters<typeof applyAny>[1]);
    const refused = await eventually('the policy to bite', async () => {
      const answer = await ask(dark);
      return answer.answer === 'refused' ? answer : undefined;
    });
    expect(refused.message).to.include('MPEG-1');
    expect(await ask(good)).to.include({ answer: 'admitted' });
  });

  it('goes on enforcing with one replica of two, whose process dies with its pod', async () => {
    const [gone] = await readyPods();
    const pid = pidOf(gone!);
    await cluster.admin.delete(pathOf('Pod', { namespace: 'kyverno', name: gone!.metadata!.name! }), {
      gracePeriodSeconds: 1,
    });
    await eventually('its process to die', () => identityOf(pid) === undefined);
    await eventually('the violating pod to be refused', async () => (await submit('violating')).answer === 'refused');
    const names = (list: V1Pod[]) => list.map(({ metadata }) => metadata?.name);
    // The other one admits its replacement.
    await eventually('a replacement', async () => {
      const now = await pods();
      return now.length === 2 && !names(now).includes(gone!.metadata?.name);
    });
  });

  it('takes all admission with it when its last pod is deleted: the Service refuses, and so does the API server', async () => {
    expect(await knock()).to.equal('open');
    // Not scaled to 0, at which it would take its own webhooks away. The node takes no new pod, so that a replacement
    // that the last one still admits does not bring it back; the last one to go is one that answers, as it is asked.
    await cluster.admin.patch(pathOf('Node', { name: 'real-0' }), 'merge', { spec: { unschedulable: true } });
    const last = (await readyPods())[0]!;
    const others = (await pods()).filter(({ metadata }) => metadata?.uid !== last.metadata?.uid);
    for (const pod of [...others, last]) {
      const name = pod.metadata!.name!;
      await cluster.admin.delete(pathOf('Pod', { namespace: 'kyverno', name }), { gracePeriodSeconds: 1 });
      const exited = ({ op, container }: { op: string; container: string }) =>
        op === 'exited' && container === 'kyverno';
      const ran = processesOfPod(cluster, `kyverno/${name}`).some(({ container }) => container === 'kyverno');
      if (ran) await eventually('its process to die', () => processesOfPod(cluster, `kyverno/${name}`).some(exited));
    }
    await eventually('the Service to refuse', async () => (await knock()) === 'ECONNREFUSED');
    for (const subject of ['violating', 'good'] as const) {
      expect(await submit(subject)).to.include({ answer: 'webhook-down', code: 500 });
    }
    expect(await readyPods()).to.deep.equal([]);
  });
});

describe('a Kyverno that cannot start', function () {
  this.timeout(90_000);

  it('is given up when it crashes again and again, with its own words, and nothing is left', async () => {
    const lab = new Lab();
    const set = ['gatekeeper.values.admissionController.container.extraArgs.noSuchFlag=1'];
    const started = performance.now();
    try {
      const error = await lab.up('broken', { gatekeeper: true, set }).then(
        () => undefined,
        (thrown: FalldownError) => thrown,
      );
      expect(error?.code).to.equal('GATEKEEPER_NOT_ENFORCING');
      expect(error?.exitCode).to.equal(EXIT.inconclusive);
      expect(error?.failure.what).to.include('crashes again and again');
      expect(error?.failure.evidence).to.include('flag provided but not defined: -noSuchFlag');
      expect((performance.now() - started) / 1000).to.be.below(60);
      expect(processesOf(`broken-${process.pid}`)).to.deep.equal([]);
    } finally {
      await lab.close();
    }
  });
});
