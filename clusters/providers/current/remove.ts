import { execa } from 'execa';
import { FalldownError } from '../../../harness/errors.ts';
import { KubeClient } from '../../../harness/kube/client.ts';
import { clusterScopedPaths } from '../../../harness/kube/cluster-scoped.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { isNotFound } from '../../../harness/kube/errors.ts';
import type { KubeObject } from '../../../harness/kube/object.ts';
import { pathOf } from '../../../harness/kube/paths.ts';
import { RUN_LABEL } from '../../../harness/labels.ts';
import { waitFor } from '../../../harness/wait.ts';

/** Namespace and helm release of the gatekeeper. */
export const KYVERNO = 'kyverno';
/** Namespaces with thousands of pods take their time to go. */
const NAMESPACE_SECONDS = 120;

/** Takes everything that a run made out of a cluster that stays. Safe to call twice. */
export async function removeOurObjects(kubeconfig: string, runId: string, helm: string): Promise<void> {
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'cleanup', connections: 4 });
  const ours = { labelSelector: `${RUN_LABEL}=${runId}` };
  const signal = AbortSignal.timeout(NAMESPACE_SECONDS * 1000);
  const remove = async (path: string, query: { labelSelector: string }) => {
    const { items } = await client.get<{ items: KubeObject[] }>(path, { query });
    for (const { metadata } of items) await client.delete(`${path}/${metadata.name}`).catch(ignoreGone);
  };
  try {
    // The rules first: with the gatekeeper gone they would refuse every deletion that follows.
    // Only while the namespace is the one that the run made: since a crash somebody may have installed their own.
    const made = await client.get<{ items: KubeObject[] }>(pathOf('Namespace'), { query: ours });
    if (made.items.some(({ metadata }) => metadata.name === KYVERNO)) {
      await uninstall(helm, kubeconfig);
      const rules = { labelSelector: 'webhook.kyverno.io/managed-by=kyverno' };
      await remove(pathOf('ValidatingWebhookConfiguration'), rules);
      await remove(pathOf('MutatingWebhookConfiguration'), rules);
    }
    for (const path of await clusterScopedPaths(client)) await remove(path, ours);
    const left = async () => (await client.get<{ items: KubeObject[] }>(pathOf('Namespace'), { query: ours })).items;
    await waitFor(async () => (await left()).length === 0, {
      what: 'the run’s namespaces to be gone',
      timeoutSeconds: NAMESPACE_SECONDS,
      signal,
      seen: async () => (await left()).map((n) => n.metadata.name).join(', '),
      next: 'falldown cleanup',
    });
  } finally {
    await client.close();
  }
}

async function uninstall(helm: string, kubeconfig: string): Promise<void> {
  const args = ['uninstall', KYVERNO, '--namespace', KYVERNO, '--no-hooks', '--ignore-not-found'];
  const result = await execa(helm, [...args, '--kubeconfig', kubeconfig], {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: 120_000,
  });
  if (!result.failed) return;
  throw new FalldownError({
    code: 'HELM_FAILED',
    kind: 'cleanup',
    what: 'helm could not uninstall the gatekeeper',
    on: result.escapedCommand,
    seen: result.all?.trim(),
    next: 'falldown cleanup',
    cause: result,
  });
}

function ignoreGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
