import { submitCopy } from '../gatekeeper/enforcement.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { ROLE_LABEL } from '../labels.ts';

/**
 * Pods that somebody else made since then: each is submitted once more, in dry-run, and the gatekeeper says whether it
 * may be there. Without this only falldown's own violating pods could be counted.
 */
export async function auditStrangers(
  { admin, journal, signal }: { admin: KubeClient; journal: Journal; signal: AbortSignal },
  since: Date,
): Promise<void> {
  const { items } = await admin.get<{ items: KubeObject[] }>(pathOf('Pod'), {
    query: { labelSelector: `!${ROLE_LABEL}` },
  });
  // Creation times have whole seconds.
  const fresh = items.filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= since.getTime() - 1000);
  for (const pod of fresh) {
    const answer = await submitCopy(admin, pod, signal);
    journal.append({ type: 'probe', probe: 'audit', ...answer, subject: 'unknown' });
  }
}
