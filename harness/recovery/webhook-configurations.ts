import { isNotFound } from '../kube/errors.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { WebhookConfiguration } from '../kube/webhooks.ts';
import type { Attempt, Person } from '../people/person.ts';

/** The configurations through which Kyverno sees workloads; it makes them anew when it is back (its own docs' way out). */
export const RULES = [
  ['ValidatingWebhookConfiguration', 'kyverno-resource-validating-webhook-cfg'],
  ['MutatingWebhookConfiguration', 'kyverno-resource-mutating-webhook-cfg'],
] as const;

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];

/**
 * Patches every webhook of both configurations. Somebody who may read them, as infra on-call may, learns only from the
 * patch that they may not change them. A configuration without webhooks, or that is not there, needs no patch.
 */
export async function patchWebhooks(
  person: Person,
  intent: string,
  change: (webhook: Webhook, index: number) => object[],
): Promise<Attempt> {
  let last: Attempt | undefined;
  for (const [kind, name] of RULES) {
    const path = pathOf(kind, { name });
    const configuration = await person.client.get<WebhookConfiguration>(path).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const operations = (configuration?.webhooks ?? []).flatMap(change);
    if (operations.length === 0) continue;
    last = await person.tries(intent, 'patch', objectName(kind, { name }), (client) =>
      client.patch(path, 'json', operations),
    );
    if (!last.ok) return last;
  }
  return last ?? { ok: false, code: 404, message: 'no webhook configuration is there' };
}

/** Command lines that change every webhook of both configurations, for a runbook; `change` is a jq filter of one webhook. */
export function editLines(change: string): string[] {
  return RULES.map(
    ([kind, name]) =>
      `kubectl get ${kind.toLowerCase()} ${name} -o json | jq '.webhooks[]? |= (${change})' | kubectl replace -f -`,
  );
}
