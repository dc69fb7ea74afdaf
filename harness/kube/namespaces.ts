import { runLabels } from '../labels.ts';
import type { KubeClient } from './client.ts';
import { isConflict } from './errors.ts';
import { pathOf } from './paths.ts';

/** Makes a namespace unless it is there. */
export async function ensureNamespace(client: KubeClient, name: string, runId: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: runLabels(runId) } };
  await client.create(pathOf('Namespace'), namespace).catch((error: unknown) => {
    if (!isConflict(error)) throw error;
  });
}
