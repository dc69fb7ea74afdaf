import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { ClusterReady, DeadlockShape } from '../journal/events.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { NAMESPACE_NAME, type WebhookConfiguration } from '../kube/webhooks.ts';
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

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];

/**
 * Which shape of "no gatekeeper, no new pods" (F9) these webhook configurations allow. It is read from what the
 * gatekeeper registered: a fail-closed rule on pods that does not exempt the gatekeeper's own namespace refuses its
 * own replacement; one that does leaves starvation; a fail-closed rule on nodes or CSRs stops nodes from joining.
 */
export function shapeOf(configurations: readonly WebhookConfiguration[], namespace: string): DeadlockShape {
  const closed = configurations.flatMap((c) => c.webhooks ?? []).filter((w) => (w.failurePolicy ?? 'Fail') === 'Fail');
  const onPods = closed.filter((w) => seesCreation(w, '', 'pods'));
  if (onPods.some((w) => selectsNamespace(w, namespace))) return 'self-admission';
  const joins = (w: Webhook) =>
    seesCreation(w, '', 'nodes') || seesCreation(w, 'certificates.k8s.io', 'certificatesigningrequests');
  if (closed.some(joins)) return 'bootstrap';
  return onPods.length > 0 ? 'starvation' : 'none';
}

/** As the API server matches a rule; a rule on a subresource alone (`pods/eviction`) does not see the object's creation. */
function seesCreation(webhook: Webhook, group: string, resource: string): boolean {
  const names = ['*', '*/*', resource, `${resource}/*`];
  return (webhook.rules ?? []).some(
    ({ operations = [], apiGroups = ['*'], resources = [] }) =>
      operations.some((o) => o === 'CREATE' || o === '*') &&
      apiGroups.some((g) => g === group || g === '*') &&
      resources.some((r) => names.includes(r)),
  );
}

/** As the API server matches a namespace that carries no label but its name, as helm makes it. */
function selectsNamespace({ namespaceSelector = {} }: Webhook, namespace: string): boolean {
  const labels: Record<string, string> = { [NAMESPACE_NAME]: namespace };
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      const among = value !== undefined && values.includes(value);
      if (operator === 'In') return among;
      if (operator === 'NotIn') return !among;
      return operator === 'Exists' ? value !== undefined : value === undefined;
    })
  );
}
