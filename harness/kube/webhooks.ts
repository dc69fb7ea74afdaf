import type { WebhookState } from '../journal/events.ts';
import type { KubeObject } from './object.ts';

interface Expression {
  key: string;
  operator: string;
  values?: string[];
}

/** Validating and mutating configurations alike; only the fields that decide who is refused. */
export interface WebhookConfiguration extends KubeObject {
  webhooks?: {
    name: string;
    failurePolicy?: string;
    timeoutSeconds?: number;
    clientConfig: { service?: { namespace: string; name: string; port?: number }; url?: string };
    rules?: { operations?: string[]; apiGroups?: string[]; resources?: string[] }[];
    matchConditions?: { name: string; expression: string }[];
    namespaceSelector?: { matchLabels?: Record<string, string>; matchExpressions?: Expression[] };
  }[];
}

/** The name label that every namespace carries. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

export function webhookState(configuration: WebhookConfiguration): WebhookState {
  return {
    webhooks: (configuration.webhooks ?? []).map((webhook) => {
      const { service, url } = webhook.clientConfig;
      return {
        name: webhook.name,
        failurePolicy: webhook.failurePolicy ?? 'Fail',
        timeoutSeconds: webhook.timeoutSeconds ?? 10,
        service: service === undefined ? (url ?? '') : `${service.namespace}/${service.name}`,
        rules: (webhook.rules ?? []).map((r) => `${(r.operations ?? []).join(',')} ${(r.resources ?? []).join(',')}`),
        excludedNamespaces: (webhook.namespaceSelector?.matchExpressions ?? [])
          .filter((e) => e.key === NAMESPACE_NAME && e.operator === 'NotIn')
          .flatMap((e) => e.values ?? []),
        ...(webhook.matchConditions === undefined
          ? {}
          : { matchConditions: webhook.matchConditions.map((m) => m.name) }),
      };
    }),
  };
}
