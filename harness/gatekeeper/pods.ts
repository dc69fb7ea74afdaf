import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, wire } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { KYVERNO_NAMESPACE } from './helm.ts';
import { GATEKEEPER_SELECTOR } from './inspect.ts';

/** A container that has died as often will not come up by waiting: the third start comes after 10 s of back-off. */
const HOPELESS_CRASHES = 3;

export interface GatekeeperPod {
  name: string;
  phase: string;
  ready: boolean;
  /** It was told to go; no Deployment counts it any more. */
  deleting: boolean;
  /** Init containers first. */
  containers: V1ContainerStatus[];
}

/** The gatekeeper's pods as they are now. */
export async function gatekeeperPods(admin: KubeClient): Promise<GatekeeperPod[]> {
  const query = { labelSelector: GATEKEEPER_SELECTOR };
  const { items } = await admin.get<{ items: KubeObject[] }>(pathOf('Pod', { namespace: KYVERNO_NAMESPACE }), {
    query,
  });
  return items.map((item) => {
    const { status } = wire<V1Pod>(item);
    return {
      name: item.metadata.name,
      phase: status?.phase ?? 'Pending',
      ready: status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
      deleting: item.metadata.deletionTimestamp !== undefined,
      containers: [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])],
    };
  });
}

/** The images of the pods that stay, sorted, each once. */
export function imagesOf(pods: readonly GatekeeperPod[]): string[] {
  const stay = pods.filter(({ deleting }) => !deleting);
  return [...new Set(stay.flatMap(({ containers }) => containers.map(({ image }) => image)))].sort();
}

/** Is there no pod that stays up, and one that has died too often to be worth waiting for? */
export function crashLoops(pods: readonly GatekeeperPod[]): boolean {
  if (pods.some((pod) => pod.ready)) return false;
  return pods.some((pod) => pod.containers.some((container) => crashesOf(container) >= HOPELESS_CRASHES));
}

function crashesOf({ restartCount, state }: V1ContainerStatus): number {
  const dead = (state?.terminated?.exitCode ?? 0) !== 0 || state?.waiting?.reason === 'CrashLoopBackOff';
  return restartCount + (dead ? 1 : 0);
}

export function describePods(pods: readonly GatekeeperPod[]): string {
  if (pods.length === 0) return 'the gatekeeper has no pod';
  const words = (c: V1ContainerStatus) => `${c.name} ${JSON.stringify(c.state)} restarts ${c.restartCount}`;
  return pods
    .map((pod) => `Pod/${KYVERNO_NAMESPACE}/${pod.name} ${pod.phase}: ${pod.containers.map(words).join('; ')}`)
    .join('\n');
}
