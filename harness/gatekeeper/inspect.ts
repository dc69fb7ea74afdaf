import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { ClusterReady, DeadlockShape } from '../journal/events.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { type WebhookConfiguration, webhookState } from '../kube/webhooks.ts';
import { KYVERNO_NAMESPACE } from './helm.ts';

export const GATEKEEPER_SELECTOR = 'app.kubernetes.io/part-of=kyverno,app.kubernetes.io/component=admission-controller';

/** What the installed gatekeeper is, read from the cluster and not from what was asked for. */
export async function inspectGatekeeper(client: KubeClient, version: string): Promise<ClusterReady['gatekeeper']> {
  const query = { labelSelector: GATEKEEPER_SELECTOR };
  const deployments = await client.get<{ items: V1Deployment[] }>(
    pathOf('Deployment', { namespace: KYVERNO_NAMESPACE }),
    { query },
  );
  const pods = await client.get<{ items: V1Pod[] }>(pathOf('Pod', { namespace: KYVERNO_NAMESPACE }), { query });
  return {
    name: 'kyverno',
    version,
    namespace: KYVERNO_NAMESPACE,
    replicas: deployments.items[0]?.spec?.replicas ?? 0,
    priority: pods.items[0]?.spec?.priority ?? 0,
  };
}

/**
 * Which shape of "no gatekeeper, no new pods" (F9) these webhook configurations allow. It is read from what the
 * gatekeeper registered: a fail-closed rule on pods that does not exempt the gatekeeper's own namespace refuses its
 * own replacement; one that does leaves starvation; a fail-closed rule on nodes or CSRs stops nodes from joining.
 */
export function shapeOf(configurations: readonly WebhookConfiguration[], namespace: string): DeadlockShape {
  const closed = configurations.flatMap((c) => webhookState(c).webhooks).filter((w) => w.failurePolicy === 'Fail');
  const covering = (resource: RegExp) => closed.filter((w) => w.rules.some((rule) => resource.test(rule)));
  const onPods = covering(/CREATE\S* .*\bpods\b/);
  if (onPods.some((w) => !w.excludedNamespaces.includes(namespace))) return 'self-admission';
  if (covering(/CREATE\S* .*\b(nodes|certificatesigningrequests)\b/).length > 0) return 'bootstrap';
  return onPods.length > 0 ? 'starvation' : 'none';
}
