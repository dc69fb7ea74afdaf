import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { helmInstall, KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { inspectGatekeeper } from '../gatekeeper/inspect.ts';
import type { KubeClient } from '../kube/client.ts';

export interface Promised {
  replicas: number;
  /** Ready replicas that the safeguards promise at any time: the disruption budget's minimum, or all of them. */
  minimum: number;
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
