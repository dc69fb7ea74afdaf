import type { V1Affinity, V1LabelSelector, V1NodeSelectorTerm, V1Taint, V1Toleration } from '@kubernetes/client-node';

/** A pod as far as the scheduler's decision depends on it. */
export interface Pod {
  /** `Kind/namespace/name` of what makes it. */
  workload: string;
  namespace: string;
  labels: Record<string, string>;
  priorityClass?: string | undefined;
  priority: number;
  /** False with `preemptionPolicy: Never`. */
  preempts: boolean;
  /** Millicores. */
  cpu: number;
  /** Bytes. */
  memory: number;
  /** The one node that it is for, as a DaemonSet's pods are. */
  node?: string | undefined;
  nodeSelector?: Record<string, string> | undefined;
  affinity?: V1Affinity | undefined;
  tolerations?: V1Toleration[] | undefined;
  /** Whether something makes it anew when it is gone. */
  replaced: boolean;
  /** Order of its start: of equals the older one is the more important. */
  started: number;
}

export interface Node {
  name: string;
  labels: Record<string, string>;
  /** A cordoned node has the taint node.kubernetes.io/unschedulable. */
  taints: V1Taint[];
  /** Allocatable: millicores, bytes, number of pods. */
  cpu: number;
  memory: number;
  pods: number;
}

/** Could it run there at all? What evicting others cannot change. */
export function admits(node: Node, pod: Pod): boolean {
  if (pod.node !== undefined && pod.node !== node.name) return false;
  const repels = node.taints.filter((t) => t.effect !== 'PreferNoSchedule');
  if (!repels.every((taint) => (pod.tolerations ?? []).some((t) => tolerates(t, taint)))) return false;
  if (!Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value)) return false;
  const terms = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => termMatches(term, node));
}

/** Is there room beside these pods: CPU, memory, the node's limit of pods, and required anti-affinity by host. */
export function fits(node: Node, pod: Pod, beside: readonly Pod[]): boolean {
  const used = (of: (p: Pod) => number) => beside.reduce((sum, p) => sum + of(p), 0);
  return (
    used((p) => p.cpu) + pod.cpu <= node.cpu &&
    used((p) => p.memory) + pod.memory <= node.memory &&
    beside.length < node.pods &&
    !beside.some((other) => avoids(pod, other) || avoids(other, pod))
  );
}

function avoids(pod: Pod, other: Pod): boolean {
  const terms = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(
    ({ labelSelector, namespaces = [pod.namespace], topologyKey }) =>
      topologyKey === 'kubernetes.io/hostname' &&
      namespaces.includes(other.namespace) &&
      labelSelector !== undefined &&
      selects(labelSelector, other.labels),
  );
}

function tolerates(toleration: V1Toleration, taint: V1Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key === undefined || toleration.key === '') return toleration.operator === 'Exists';
  if (toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

function termMatches({ matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm, node: Node): boolean {
  // A term that says nothing matches nothing.
  if (matchExpressions.length + matchFields.length === 0) return false;
  return matchExpressions.every((e) => holds(e, node.labels[e.key])) && matchFields.every((e) => holds(e, node.name));
}

/** A label selector as a disruption budget or an affinity term has it; an empty one selects nothing here. */
export function selects(selector: V1LabelSelector, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((e) => holds(e, labels[e.key]))
  );
}

function holds(e: { operator: string; values?: string[] }, value: string | undefined): boolean {
  const { values = [] } = e;
  switch (e.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
