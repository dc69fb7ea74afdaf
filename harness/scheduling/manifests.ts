import type {
  V1DaemonSet,
  V1Deployment,
  V1Node,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1ResourceQuota,
} from '@kubernetes/client-node';
import { type KubeObject, objectName, wire } from '../kube/object.ts';
import { workloadOf } from '../kube/owner.ts';
import type { Situation, Workload } from './forecast.ts';
import type { Node, Pod } from './pod.ts';
import type { Budget } from './preempt.ts';
import { quantity } from './quantity.ts';
import type { Quota } from './quota.ts';

export interface PriorityClassLike {
  name: string;
  value: number;
  preemptionPolicy?: string | undefined;
  globalDefault?: boolean | undefined;
}

/** Every cluster has these two. */
const SYSTEM: PriorityClassLike[] = [
  { name: 'system-cluster-critical', value: 2_000_000_000 },
  { name: 'system-node-critical', value: 2_000_001_000 },
];

/** When a workload comes: wave 0 is there first. */
export const WAVE_ANNOTATION = 'falldown.dev/wave';

/** Kinds of workload that a forecast can be made for. */
export const WORKLOAD_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What a forecast is made from: Kubernetes objects as manifests or as a cluster has them. Other kinds are left out. */
export function situationOf(from: {
  nodes: readonly KubeObject[];
  /** Pods with a node, oldest first. */
  pods: readonly KubeObject[];
  services: readonly KubeObject[];
  objects: readonly KubeObject[];
  classes: readonly PriorityClassLike[];
  gate?: Situation['gate'];
}): Situation {
  const classes = [...SYSTEM, ...from.classes];
  const ofKind = (kind: string) => from.objects.filter((o) => o.kind === kind);
  return {
    nodes: from.nodes.map((o) => nodeOf(wire<V1Node>(o))),
    bound: from.pods.flatMap((o) => {
      const pod = wire<V1Pod>(o);
      // One that has ended takes no room any more, though it still names its node.
      const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      return pod.spec?.nodeName === undefined || over ? [] : [{ pod: boundPod(pod), node: pod.spec.nodeName }];
    }),
    workloads: from.services.map((o) => workload(o, classes)),
    budgets: ofKind('PodDisruptionBudget').map((o) => budget(wire<V1PodDisruptionBudget>(o))),
    quotas: ofKind('ResourceQuota').map((o) => quota(wire<V1ResourceQuota>(o))),
    gate: from.gate,
  };
}

function workload(object: KubeObject, classes: readonly PriorityClassLike[]): Workload {
  const { spec } = wire<V1Deployment & V1DaemonSet>(object);
  const { metadata, kind = '' } = object;
  const { namespace = 'default' } = metadata;
  const ref = objectName(kind, { namespace, name: metadata.name });
  const podSpec = spec?.template.spec;
  const named = podSpec?.priorityClassName;
  const found = classes.find((c) => (named === undefined ? c.globalDefault === true : c.name === named));
  if (named !== undefined && found === undefined) throw new Error(`${ref} names the unknown priority class "${named}"`);
  return {
    ref,
    team: metadata.labels?.team,
    wave: Number(metadata.annotations?.[WAVE_ANNOTATION] ?? 0),
    count: kind === 'DaemonSet' ? 'per-node' : (spec?.replicas ?? 1),
    pod: {
      workload: ref,
      namespace,
      labels: spec?.template.metadata?.labels ?? {},
      priorityClass: found?.name,
      priority: found?.value ?? 0,
      preempts: (podSpec?.preemptionPolicy ?? found?.preemptionPolicy) !== 'Never',
      replaced: true,
      ...asked(podSpec),
      ...(kind === 'DaemonSet' ? { tolerations: [...(podSpec?.tolerations ?? []), ...OF_DAEMONS] } : {}),
    },
  };
}

/** What the DaemonSet controller adds, as far as it decides on a node. */
const OF_DAEMONS = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
].map((name) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists' }));

function boundPod({ metadata, spec }: V1Pod): Omit<Pod, 'started'> {
  const { name = '', namespace = 'default', labels = {}, ownerReferences } = metadata ?? {};
  const owner = ownerReferences?.find((o) => o.controller === true);
  return {
    workload: workloadOf(namespace, owner === undefined ? undefined : `${owner.kind}/${owner.name}`, name),
    namespace,
    labels,
    priorityClass: spec?.priorityClassName,
    priority: spec?.priority ?? 0,
    preempts: spec?.preemptionPolicy !== 'Never',
    // A static pod's owner is its node, and brings it back by itself; the API never sees a new one made.
    replaced: owner !== undefined && owner.kind !== 'Node',
    ...asked(spec),
  };
}

/** The scheduler's sum: containers together, or the largest init container where that is more. */
function asked(spec: V1PodSpec | undefined) {
  const of = (resource: 'cpu' | 'memory', unit: number) => {
    const each = (list: V1PodSpec['containers'] | undefined) =>
      (list ?? []).map((c) => quantity(c.resources?.requests?.[resource] ?? c.resources?.limits?.[resource], unit));
    const sidecars = (spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
    const init = (spec?.initContainers ?? []).filter((c) => c.restartPolicy !== 'Always');
    const running = [...each(spec?.containers), ...each(sidecars)].reduce((a, b) => a + b, 0);
    return Math.max(running, ...each(init));
  };
  return {
    cpu: of('cpu', 1e-3),
    memory: of('memory', 1),
    nodeSelector: spec?.nodeSelector,
    affinity: spec?.affinity,
    tolerations: spec?.tolerations,
  };
}

function nodeOf({ metadata, spec, status }: V1Node): Node {
  const { cpu, memory, pods } = status?.allocatable ?? {};
  const cordoned = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  return {
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
    taints: [...(spec?.taints ?? []), ...(spec?.unschedulable === true ? [cordoned] : [])],
    cpu: quantity(cpu, 1e-3),
    memory: quantity(memory),
    pods: quantity(pods),
  };
}

function budget({ metadata, spec }: V1PodDisruptionBudget): Budget {
  return {
    namespace: metadata?.namespace ?? 'default',
    selector: spec?.selector ?? {},
    minAvailable: spec?.minAvailable as string | number | undefined,
    maxUnavailable: spec?.maxUnavailable as string | number | undefined,
  };
}

function quota({ metadata, spec }: V1ResourceQuota): Quota {
  const named = spec?.scopeSelector?.matchExpressions?.find((e) => e.scopeName === 'PriorityClass');
  return {
    namespace: metadata?.namespace ?? 'default',
    name: metadata?.name ?? '',
    hard: spec?.hard ?? {},
    classes: named?.values,
  };
}
