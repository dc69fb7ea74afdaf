import type { V1PodDisruptionBudget, V1ReplicaSet } from '@kubernetes/client-node';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { helmInstall, KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { GATEKEEPER_SELECTOR, inspectGatekeeper } from '../gatekeeper/inspect.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';

export interface Promised {
  replicas: number;
  /** Ready replicas that the safeguards promise at any time: the disruption budget's minimum, or all of them. */
  minimum: number;
}

/**
 * Ready replicas of the newest template: during a rollout the ones that still have the old priority keep no promise.
 */
export async function protectedReplicas(admin: KubeClient): Promise<number> {
  const sets = await admin.get<{ items: V1ReplicaSet[] }>(pathOf('ReplicaSet', { namespace: KYVERNO_NAMESPACE }), {
    query: { labelSelector: GATEKEEPER_SELECTOR },
  });
  const revision = (set: V1ReplicaSet) => Number(set.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const [newest] = sets.items.toSorted((a, b) => revision(b) - revision(a));
  return newest?.status?.readyReplicas ?? 0;
}

/** Upgrades the gatekeeper with the safeguards' values; returns what they promise, read from the cluster. */
export async function restoreSafeguards(p: {
  handle: ClusterHandle;
  profile: Profile;
  safeguards: Record<string, unknown>;
  admin: KubeClient;
  runId: string;
  signal: AbortSignal;
}): Promise<Promised> {
  await helmInstall(p.handle, { ...p.profile.gatekeeper, values: p.safeguards }, p.runId, p.signal);
  const { replicas } = await inspectGatekeeper(p.admin, p.profile.gatekeeper.kyverno);
  const budgets = await p.admin.get<{ items: V1PodDisruptionBudget[] }>(
    `/apis/policy/v1/namespaces/${KYVERNO_NAMESPACE}/poddisruptionbudgets`,
    { query: { labelSelector: 'app.kubernetes.io/component=admission-controller' } },
  );
  const promised = Number(budgets.items[0]?.spec?.minAvailable);
  return { replicas, minimum: Number.isInteger(promised) ? promised : replicas };
}
