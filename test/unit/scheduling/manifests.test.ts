import { expect } from 'chai';
import type { KubeObject } from '../../../harness/kube/object.ts';
import { workloadOf } from '../../../harness/kube/owner.ts';
import { situationOf } from '../../../harness/scheduling/manifests.ts';
import { quantity } from '../../../harness/scheduling/quantity.ts';

const none = { nodes: [], pods: [], services: [], objects: [], classes: [] };
const container = (cpu?: string, memory?: string) => ({
  resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } },
});
function deployment(spec: object, words: { kind?: string; wave?: string } = {}): KubeObject {
  return {
    kind: words.kind ?? 'Deployment',
    metadata: {
      name: 'a',
      namespace: 'shop',
      labels: { team: 'shop' },
      ...(words.wave === undefined ? {} : { annotations: { 'falldown.dev/wave': words.wave } }),
    },
    spec: { replicas: 2, template: { metadata: { labels: { app: 'a' } }, spec } },
  } as KubeObject;
}
const read = (object: KubeObject, classes: Parameters<typeof situationOf>[0]['classes'] = []) =>
  situationOf({ ...none, services: [object], classes }).workloads[0];

describe('what a forecast is made from', () => {
  it('reads a Deployment: pods, requests, labels, wave, team', () => {
    const found = read(deployment({ containers: [container('250m', '64Mi'), container('0.5')] }, { wave: '2' }));
    expect(found).to.include({ ref: 'Deployment/shop/a', team: 'shop', wave: 2, count: 2 });
    expect(found?.pod).to.deep.include({
      cpu: 750,
      memory: 64 * 2 ** 20,
      priority: 0,
      preempts: true,
      labels: { app: 'a' },
    });
    expect(read(deployment({ containers: [] }, { kind: 'DaemonSet' }))?.count).to.equal('per-node');
  });

  it('an init container counts when it asks for more than the rest, a sidecar on top of it', () => {
    const init = [{ ...container('900m') }, { ...container('100m'), restartPolicy: 'Always' }];
    expect(read(deployment({ containers: [container('300m')], initContainers: init }))?.pod.cpu).to.equal(900);
    expect(read(deployment({ containers: [container('850m')], initContainers: init }))?.pod.cpu).to.equal(950);
  });

  it('resolves classes: named, the global default, the system’s, and Never', () => {
    const classes = [
      { name: 'low', value: 5, preemptionPolicy: 'Never' },
      { name: 'usual', value: 7, globalDefault: true },
    ];
    const of = (priorityClassName?: string) =>
      read(deployment({ containers: [], ...(priorityClassName && { priorityClassName }) }), classes)?.pod;
    expect(of('low')).to.include({ priority: 5, preempts: false });
    expect(of()).to.include({ priority: 7, priorityClass: 'usual', preempts: true });
    expect(of('system-node-critical')).to.include({ priority: 2_000_001_000 });
    expect(() => of('mid')).to.throw('Deployment/shop/a names the unknown priority class "mid"');
  });

  it('reads nodes, a cordoned one as tainted; bound pods; budgets; quotas of a class', () => {
    const node = {
      metadata: { name: 'n1' },
      spec: { unschedulable: true },
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } },
    };
    const owner = [{ kind: 'ReplicaSet', name: 'k-5d9', controller: true }];
    const pod = {
      metadata: { name: 'k-5d9-x', namespace: 'kyverno', ownerReferences: owner },
      spec: { nodeName: 'n1', priority: 3, containers: [] },
    };
    const objects = [
      { kind: 'PodDisruptionBudget', metadata: { name: 'p', namespace: 's' }, spec: { minAvailable: 1, selector: {} } },
      {
        kind: 'ResourceQuota',
        metadata: { name: 'q', namespace: 's' },
        spec: {
          hard: { pods: '1' },
          scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['c'] }] },
        },
      },
      { kind: 'ConfigMap', metadata: { name: 'c' } },
    ];
    const found = situationOf({
      ...none,
      nodes: [node],
      pods: [pod, { metadata: { name: 'waits' } }],
      objects,
    } as never);
    expect(found.nodes[0]).to.deep.include({ cpu: 2000, memory: 4 * 2 ** 30, pods: 110 });
    expect(found.nodes[0]?.taints).to.have.length(1);
    expect(found.bound.map((b) => b.pod)).to.have.length(1);
    expect(found.bound[0]?.pod).to.include({ workload: 'Deployment/kyverno/k', priority: 3, replaced: true });
    expect(found.budgets).to.have.length(1);
    expect(found.quotas[0]).to.deep.include({ name: 'q', classes: ['c'] });
  });

  it('names the workload of a pod', () => {
    expect(workloadOf('a', 'ReplicaSet/web-7d4f', 'web-7d4f-x')).to.equal('Deployment/a/web');
    expect(workloadOf('a', 'Job/encode', 'encode-1')).to.equal('Job/a/encode');
    expect(workloadOf('a', undefined, 'alone')).to.equal('Pod/a/alone');
  });

  it('reads quantities, rounded up in their unit', () => {
    const cases: [string | number | undefined, number, number][] = [
      ['1.95', 1e-3, 1950],
      ['100m', 1e-3, 100],
      ['0.5Gi', 1, 2 ** 29],
      ['1e3', 1, 1000],
      ['100M', 1, 1e8],
      ['1500u', 1e-3, 2],
      [2, 1e-3, 2000],
      [undefined, 1, 0],
    ];
    for (const [text, unit, expected] of cases) expect(quantity(text, unit), String(text)).to.equal(expected);
    for (const bad of ['', 'x', '1Q', '--1']) expect(() => quantity(bad), bad).to.throw('is no quantity');
  });
});
