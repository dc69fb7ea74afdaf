import type { Safeguard } from './safeguard.ts';

export const ownNamespace: Safeguard = {
  name: 'own-namespace',
  describe: 'the webhooks leave out the gatekeeper’s own namespace and kube-system, as the chart ships them',
  claims: 'its own replacement is admitted, so it comes back by itself',
  against: ['drain', 'evict-one', 'crash-loop', 'stall'],
  exposes: 'pods in these two namespaces are never judged',
  written: (webhooks) => webhooks.every((w) => w.excludedNamespaces.includes('kyverno')),
  patch: () => ({
    gatekeeper: {
      values: {
        config: {
          excludeKyvernoNamespace: true,
          webhooks: {
            namespaceSelector: {
              matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
            },
          },
        },
      },
    },
  }),
};
