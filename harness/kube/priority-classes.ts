import type { Profile } from '../../clusters/providers/provider.ts';
import { runLabels } from '../labels.ts';
import type { KubeClient } from './client.ts';
import { pathOf } from './paths.ts';

/** F7: the priority classes of all teams, as they gave them. */
export async function applyPriorityClasses(
  admin: KubeClient,
  classes: Profile['priorityClasses'],
  runId: string,
): Promise<void> {
  for (const { name, value, preemptionPolicy, globalDefault, description, team } of classes) {
    await admin.apply(pathOf('PriorityClass', { name }), {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name, labels: { ...runLabels(runId), ...(team === undefined ? {} : { 'falldown.dev/team': team }) } },
      value,
      ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
      ...(globalDefault === undefined ? {} : { globalDefault }),
      ...(description === undefined ? {} : { description }),
    });
  }
}
