import type { V1Deployment } from '@kubernetes/client-node';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { waitFor } from '../wait.ts';
import { KYVERNO_NAMESPACE } from './helm.ts';
import { GATEKEEPER_SELECTOR } from './inspect.ts';

/** A rollout of the gatekeeper, its lease included, takes about 20 s on 2 cores. */
const ROLLOUT_SECONDS = 120;

/** Waits until all of the gatekeeper's pods are of the newest template, and available. Throws NotSeen. */
export async function rolledOut(
  admin: KubeClient,
  signal: AbortSignal,
  timeoutSeconds = ROLLOUT_SECONDS,
): Promise<void> {
  const query = { labelSelector: GATEKEEPER_SELECTOR };
  let seen = '';
  await waitFor(
    async () => {
      const { items } = await admin.get<{ items: V1Deployment[] }>(
        pathOf('Deployment', { namespace: KYVERNO_NAMESPACE }),
        { query },
      );
      const { metadata, spec, status = {} } = items[0] ?? {};
      const wanted = spec?.replicas ?? 0;
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration } = status;
      seen = `${updatedReplicas} new and ${availableReplicas} available of ${replicas} pods, ${wanted} wanted`;
      return (
        observedGeneration === metadata?.generation &&
        [replicas, updatedReplicas, availableReplicas].every((n) => n === wanted)
      );
    },
    { what: 'the gatekeeper to be rolled out', timeoutSeconds, signal, seen: () => seen },
  );
}
