import type { V1Node, V1PriorityClass } from '@kubernetes/client-node';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { untilEnforcing } from '../gatekeeper/gatekeeper.ts';
import { helmInstall } from '../gatekeeper/helm.ts';
import { rolledOut } from '../gatekeeper/rollout.ts';
import type { WebhookState } from '../journal/events.ts';
import { applyAny } from '../kube/apply-any.ts';
import type { KubeClient } from '../kube/client.ts';
import { isNotFound } from '../kube/errors.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { applyPriorityClasses } from '../kube/priority-classes.ts';
import { runLabels } from '../labels.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';
import type { Live } from '../observe/live.ts';
import { waitFor } from '../wait.ts';
import { DEDICATED } from './dedicated-node.ts';
import type { Safeguard } from './safeguard.ts';

/** Kyverno writes its webhooks anew some seconds after the rollout is complete: measured 11–14 s. */
const WEBHOOKS_SECONDS = 60;

export interface Installation {
  handle: ClusterHandle;
  admin: KubeClient;
  live: Live;
  runId: string;
  signal: AbortSignal;
  /** What is in the cluster now, and what shall be. */
  from: Profile;
  to: Profile;
  safeguards: readonly Safeguard[];
}

/** Brings a cluster from one profile to another: what a safeguard changes. Returns when the gatekeeper enforces with it. */
export async function installSafeguards(p: Installation): Promise<void> {
  const { handle, admin, runId, signal, from, to } = p;
  await changeClasses(p);
  for (const object of to.objects.slice(from.objects.length)) {
    const { metadata } = object as unknown as KubeObject;
    const labels = { ...metadata.labels, ...runLabels(runId) };
    await applyAny(admin, { ...object, metadata: { ...metadata, labels } } as KubeObject, signal);
  }
  const spare = p.safeguards.find((s) => s.spareNode !== undefined)?.spareNode;
  if (spare !== undefined) await openSpareNode(p, spare);
  await dropPolicies(p);
  if (JSON.stringify(from.gatekeeper.values) !== JSON.stringify(to.gatekeeper.values)) {
    await helmInstall(handle, to.gatekeeper, runId, signal);
    await rolledOut(admin, signal);
  }
  await webhooksWritten(p);
  await untilEnforcing({ handle, profile: to, admin, runId, signal }, EXPOSURE_NAMESPACE);
}

/** Values and policies of a class cannot be changed: it is made anew. Pods that exist keep what they had. */
async function changeClasses({ admin, runId, from, to }: Installation): Promise<void> {
  const changed = to.priorityClasses.filter((c) => {
    const before = from.priorityClasses.find((old) => old.name === c.name);
    return before === undefined || before.value !== c.value || before.preemptionPolicy !== c.preemptionPolicy;
  });
  for (const { name } of changed) {
    await admin.delete<V1PriorityClass>(pathOf('PriorityClass', { name })).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  await applyPriorityClasses(admin, changed, runId);
}

/** Takes the real node that the gatekeeper is not on out of use: without a safeguard that pays for it, there is none. */
export async function closeSpareNode({ handle, admin, live }: Pick<Installation, 'handle' | 'admin' | 'live'>) {
  const used = new Set([...live.gatekeepers.values()].map((pod) => pod.node));
  const spare = handle.nodes.find((name) => !used.has(name));
  if (spare === undefined) throw new Error('the profile needs one real node more: cluster.nodes.real.count: 2');
  await admin.patch(pathOf('Node', { name: spare }), 'merge', { spec: { unschedulable: true } });
}

async function openSpareNode({ handle, admin }: Installation, how: 'open' | 'dedicated'): Promise<void> {
  const { items } = await admin.get<{ items: V1Node[] }>(pathOf('Node'));
  const closed = items.find(
    (node) => node.spec?.unschedulable === true && handle.nodes.includes(node.metadata?.name ?? ''),
  );
  const name = closed?.metadata?.name;
  if (name === undefined) throw new Error('there is no spare node: it was not closed before');
  const taints = how === 'dedicated' ? [{ ...DEDICATED, effect: 'NoSchedule' }] : null;
  await admin.patch(pathOf('Node', { name }), 'merge', {
    metadata: { labels: { [DEDICATED.key]: how === 'dedicated' ? DEDICATED.value : null } },
    spec: { unschedulable: false, taints },
  });
}

async function dropPolicies({ admin, from, to }: Installation): Promise<void> {
  const key = (o: { kind: string; metadata: { name: string } }) => objectName(o.kind, { name: o.metadata.name });
  const kept = new Set(to.gatekeeper.policies.map(key));
  for (const policy of from.gatekeeper.policies.filter((o) => !kept.has(key(o)))) {
    const plural = policy.kind.toLowerCase().replace(/y$/, 'ies');
    await admin.delete(`/apis/${policy.apiVersion}/${plural}/${policy.metadata.name}`);
  }
}

async function webhooksWritten({ live, signal, safeguards }: Installation): Promise<void> {
  const onPods = () =>
    [...live.webhooks.values()]
      .flatMap(({ webhooks }) => webhooks)
      .filter((w) => w.rules.some((r) => / .*\bpods\b/.test(r)));
  const written = (webhooks: WebhookState['webhooks']) => safeguards.every((s) => s.written?.(webhooks) ?? true);
  await waitFor(() => written(onPods()), {
    what: 'the gatekeeper to write its webhooks anew',
    timeoutSeconds: WEBHOOKS_SECONDS,
    signal,
    seen: () => JSON.stringify(onPods()),
  });
}
