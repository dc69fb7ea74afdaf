import type {
  CoreV1Event,
  V1CertificateSigningRequest,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Job,
  V1Node,
  V1Pod,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import {
  csrState,
  daemonSetState,
  deploymentState,
  endpointState,
  eventState,
  jobState,
  nodeState,
  podState,
} from '../../../harness/observe/states.ts';
import { REQUEST } from '../kube/node-request.ts';

const as = <T>(object: unknown) => object as T;

describe('what the journal keeps of', () => {
  it('a pod that runs', () => {
    const pod = {
      metadata: {
        name: 'p',
        labels: { 'falldown.dev/role': 'encoding', 'batch.kubernetes.io/job-completion-index': '7' },
        ownerReferences: [
          { kind: 'Other', name: 'x' },
          { kind: 'Job', name: 'encode', controller: true },
        ],
      },
      spec: { nodeName: 'fake-1', priority: 5 },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ restartCount: 2 }, { restartCount: 1 }],
      },
    };
    expect(podState(as<V1Pod>(pod))).to.deep.equal({
      phase: 'Running',
      ready: true,
      node: 'fake-1',
      priority: 5,
      deleting: false,
      owner: 'Job/encode',
      role: 'encoding',
      index: 7,
      restarts: 3,
    });
  });

  it('a pod that is as bare as can be, without empty fields', () => {
    expect(podState(as<V1Pod>({ metadata: { name: 'p' } }))).to.deep.equal({
      phase: 'Pending',
      ready: false,
      priority: 0,
      deleting: false,
    });
  });

  for (const [what, status, expected] of [
    [
      'cannot be placed',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
      { reason: 'Unschedulable', message: '0/1 nodes' },
    ],
    [
      'crash-loops',
      { containerStatuses: [{ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff', message: 'm' } } }] },
      { reason: 'CrashLoopBackOff', message: 'm', restarts: 3 },
    ],
    ['was evicted', { phase: 'Failed', reason: 'Evicted', message: 'memory' }, { phase: 'Failed', reason: 'Evicted' }],
  ] as const) {
    it(`a pod that ${what}: why`, () => {
      expect(podState(as<V1Pod>({ metadata: { name: 'p' }, status }))).to.include(expected);
    });
  }

  it('a pod on its way out', () => {
    const metadata = { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(podState(as<V1Pod>({ metadata }))).to.include({ deleting: true });
  });

  it('says who is about to end a pod, once that is so', () => {
    const disrupted = (status: string) =>
      as<V1Pod>({
        metadata: { name: 'p' },
        status: { conditions: [{ type: 'DisruptionTarget', status, reason: 'PreemptionByScheduler' }] },
      });
    expect(podState(disrupted('True'))).to.include({ disruption: 'PreemptionByScheduler' });
    expect(podState(disrupted('False'))).to.not.have.property('disruption');
  });

  it('a gatekeeper that somebody else installed: its part, by its chart’s labels', () => {
    const labels = {
      'app.kubernetes.io/part-of': 'kyverno',
      'app.kubernetes.io/component': 'admission-controller',
    };
    expect(podState(as<V1Pod>({ metadata: { name: 'p', labels } })).role).to.equal('gatekeeper');
    const background = { ...labels, 'app.kubernetes.io/component': 'background-controller' };
    expect(podState(as<V1Pod>({ metadata: { name: 'p', labels: background } })).role).to.equal(undefined);
  });

  it('a Job, with what its controller could not count yet', () => {
    const job = {
      metadata: { name: 'j' },
      spec: { completions: 9, parallelism: 3 },
      status: {
        active: 1,
        succeeded: 4,
        uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] },
        conditions: [{ type: 'Complete', status: 'False' }],
      },
    };
    expect(jobState(as<V1Job>(job))).to.deep.equal({
      completions: 9,
      parallelism: 3,
      active: 1,
      ready: 0,
      succeeded: 4,
      failed: 0,
      uncounted: 3,
      complete: false,
      suspended: false,
      deleting: false,
    });
    const done = { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
    expect(jobState(as<V1Job>(done))).to.include({ complete: true, uncounted: 0 });
    const failed = { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] } };
    expect(jobState(as<V1Job>(failed))).to.include({ complete: false, gaveUp: 'BackoffLimitExceeded' });
  });

  it('a Deployment, with the words of a replica that could not be made', () => {
    const deployment = {
      metadata: { name: 'd' },
      spec: { replicas: 2, template: { metadata: { labels: { 'falldown.dev/role': 'gatekeeper' } } } },
      status: { readyReplicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'refused' }] },
    };
    expect(deploymentState(as<V1Deployment>(deployment))).to.deep.equal({
      replicas: 2,
      readyReplicas: 1,
      availableReplicas: 0,
      role: 'gatekeeper',
      replicaFailure: 'refused',
    });
  });

  it('an Event, from either generation of the API', () => {
    const old = {
      reason: 'Preempted',
      message: 'm',
      type: 'Normal',
      count: 4,
      involvedObject: { kind: 'Pod', namespace: 'kyverno', name: 'k' },
      source: { component: 'default-scheduler' },
    };
    expect(eventState(as<CoreV1Event>(old))).to.deep.equal({
      reason: 'Preempted',
      message: 'm',
      regarding: 'Pod/kyverno/k',
      source: 'default-scheduler',
      count: 4,
      eventType: 'Normal',
    });
    const series = {
      involvedObject: { kind: 'Node', name: 'n' },
      reportingComponent: 'x',
      series: { count: 9 },
      source: {},
    };
    expect(eventState(as<CoreV1Event>(series))).to.include({ regarding: 'Node/n', source: 'x', count: 9 });
    expect(eventState(as<CoreV1Event>({ involvedObject: {} }))).to.include({ count: 1, regarding: '?/?' });
  });

  it('a node', () => {
    const node = {
      metadata: { name: 'n', labels: { l: 'fake' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    };
    expect(nodeState(as<V1Node>(node), 'l')).to.deep.equal({ ready: true, fake: true, unschedulable: true });
    expect(nodeState(as<V1Node>({ metadata: { labels: { l: 'real' } } }), 'l')).to.deep.equal({
      ready: false,
      fake: false,
      unschedulable: false,
    });
  });

  it('a node in trouble: why it is not ready, and what it is short of', () => {
    const conditions = [
      { type: 'MemoryPressure', status: 'True', reason: 'KubeletHasInsufficientMemory' },
      { type: 'DiskPressure', status: 'False' },
      { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' },
    ];
    expect(nodeState(as<V1Node>({ status: { conditions } }), 'l')).to.deep.equal({
      ready: false,
      fake: false,
      unschedulable: false,
      reason: 'KubeletNotReady',
      message: 'cni plugin not initialized',
      pressure: ['MemoryPressure'],
    });
  });

  it('a DaemonSet', () => {
    const status = { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1 };
    expect(daemonSetState(as<V1DaemonSet>({ status }))).to.deep.equal({ desired: 3, current: 2, ready: 1 });
    expect(daemonSetState(as<V1DaemonSet>({}))).to.deep.equal({ desired: 0, current: 0, ready: 0 });
  });

  it('a certificate request of a node', () => {
    const signerName = 'kubernetes.io/kube-apiserver-client-kubelet';
    const spec = { signerName, username: 'system:bootstrap:abcdef', request: REQUEST };
    const asked = { signer: signerName, user: 'system:bootstrap:abcdef', node: 'falldown-1-late' };
    expect(csrState(as<V1CertificateSigningRequest>({ spec }))).to.deep.equal({
      ...asked,
      approved: false,
      issued: false,
    });
    const status = { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'LS0t' };
    expect(csrState(as<V1CertificateSigningRequest>({ spec, status }))).to.include({ approved: true, issued: true });
  });

  it('an EndpointSlice: ready unless it says otherwise', () => {
    const slice = {
      metadata: { labels: { 'kubernetes.io/service-name': 'kyverno-svc' } },
      endpoints: [{ conditions: { ready: true } }, { conditions: { ready: false } }, { conditions: {} }, {}],
    };
    expect(endpointState(as<V1EndpointSlice>(slice))).to.deep.equal({ service: 'kyverno-svc', ready: 3, total: 4 });
    expect(endpointState(as<V1EndpointSlice>({ metadata: {}, endpoints: null }))).to.include({ ready: 0, total: 0 });
  });
});
