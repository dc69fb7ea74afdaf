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
import type {
  CsrState,
  DaemonSetState,
  DeploymentState,
  EndpointState,
  EventState,
  JobState,
  NodeState,
  PodState,
} from '../journal/events.ts';
import { nodeInRequest } from '../kube/certificate-request.ts';
import { objectName } from '../kube/object.ts';
import { roleOf } from '../labels.ts';

/** What the journal keeps of each kind: what a check or a picture needs, and no more. */

export function podState(pod: V1Pod): PodState {
  const { metadata, spec, status } = pod;
  const ready = status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  const unscheduled = status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  const waiting = status?.containerStatuses?.find((c) => c.state?.waiting !== undefined)?.state?.waiting;
  const owner = metadata?.ownerReferences?.find((o) => o.controller === true);
  const index = metadata?.labels?.['batch.kubernetes.io/job-completion-index'];
  const restarts = status?.containerStatuses?.reduce((sum, c) => sum + c.restartCount, 0) ?? 0;
  return compact<PodState>({
    phase: status?.phase ?? 'Pending',
    ready,
    node: spec?.nodeName,
    priority: spec?.priority ?? 0,
    deleting: metadata?.deletionTimestamp !== undefined,
    owner: owner === undefined ? undefined : `${owner.kind}/${owner.name}`,
    role: roleOf(metadata?.labels),
    index: index === undefined ? undefined : Number(index),
    reason: unscheduled?.reason ?? waiting?.reason ?? status?.reason,
    message: unscheduled?.message ?? waiting?.message ?? status?.message,
    restarts: restarts > 0 ? restarts : undefined,
    disruption: status?.conditions?.find((c) => c.type === 'DisruptionTarget' && c.status === 'True')?.reason,
  });
}

export function jobState(job: V1Job): JobState {
  const { spec, status } = job;
  const uncounted = status?.uncountedTerminatedPods;
  return compact<JobState>({
    completions: spec?.completions ?? 0,
    parallelism: spec?.parallelism ?? 0,
    active: status?.active ?? 0,
    ready: status?.ready ?? 0,
    succeeded: status?.succeeded ?? 0,
    failed: status?.failed ?? 0,
    uncounted: (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0),
    complete: status?.conditions?.some((c) => c.type === 'Complete' && c.status === 'True') ?? false,
    gaveUp: status?.conditions?.find((c) => c.type === 'Failed' && c.status === 'True')?.reason,
    suspended: spec?.suspend ?? false,
    deleting: job.metadata?.deletionTimestamp !== undefined,
  });
}

export function deploymentState(deployment: V1Deployment): DeploymentState {
  const failure = deployment.status?.conditions?.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
  return compact<DeploymentState>({
    replicas: deployment.spec?.replicas ?? 0,
    readyReplicas: deployment.status?.readyReplicas ?? 0,
    availableReplicas: deployment.status?.availableReplicas ?? 0,
    role: roleOf(deployment.metadata?.labels) ?? roleOf(deployment.spec?.template.metadata?.labels),
    replicaFailure: failure?.message,
  });
}

export function daemonSetState({ status }: V1DaemonSet): DaemonSetState {
  return {
    desired: status?.desiredNumberScheduled ?? 0,
    current: status?.currentNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
  };
}

export function csrState({ spec, status }: V1CertificateSigningRequest): CsrState {
  return compact<CsrState>({
    signer: spec.signerName,
    user: spec.username ?? '',
    node: nodeInRequest(spec.request),
    approved: status?.conditions?.some((c) => c.type === 'Approved' && c.status === 'True') ?? false,
    issued: (status?.certificate ?? '') !== '',
  });
}

export function eventState(event: CoreV1Event): EventState {
  const { kind = '?', namespace, name = '?' } = event.involvedObject;
  return {
    reason: event.reason ?? '',
    message: event.message ?? '',
    regarding: objectName(kind, { namespace, name }),
    source: event.source?.component || event.reportingComponent || '',
    count: event.series?.count ?? event.count ?? 1,
    eventType: event.type ?? '',
  };
}

export function nodeState(node: V1Node, fakeLabel: string): NodeState {
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find((c) => c.type === 'Ready');
  const why = ready?.status === 'True' ? undefined : ready;
  const pressure = conditions.filter((c) => c.type.endsWith('Pressure') && c.status === 'True').map((c) => c.type);
  return compact<NodeState>({
    ready: ready?.status === 'True',
    fake: node.metadata?.labels?.[fakeLabel] === 'fake',
    unschedulable: node.spec?.unschedulable ?? false,
    reason: why?.reason,
    message: why?.message,
    pressure: pressure.length > 0 ? pressure : undefined,
  });
}

export function endpointState(slice: V1EndpointSlice): EndpointState {
  const endpoints = slice.endpoints ?? [];
  return {
    service: slice.metadata?.labels?.['kubernetes.io/service-name'] ?? '',
    ready: endpoints.filter((e) => e.conditions?.ready !== false).length,
    total: endpoints.length,
  };
}

function compact<T extends object>(state: { [K in keyof T]: T[K] | undefined }): T {
  const known: Partial<T> = {};
  for (const key in state) if (state[key] !== undefined) known[key] = state[key];
  return known as T;
}
