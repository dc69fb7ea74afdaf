import { expect } from 'chai';
import { type WebhookConfiguration, webhookState } from '../../../harness/kube/webhooks.ts';

describe('webhookState', () => {
  it('keeps what decides who is refused', () => {
    const configuration: WebhookConfiguration = {
      metadata: { name: 'kyverno-resource-validating-webhook-cfg' },
      webhooks: [
        {
          name: 'validate.kyverno.svc-fail',
          failurePolicy: 'Ignore',
          timeoutSeconds: 15,
          clientConfig: { service: { namespace: 'kyverno', name: 'kyverno-svc', port: 443 } },
          rules: [{ operations: ['CREATE', 'DELETE'], resources: ['pods', 'pods/ephemeralcontainers'] }],
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kyverno'] },
              { key: 'team', operator: 'NotIn', values: ['a'] },
            ],
          },
        },
      ],
    };
    expect(webhookState(configuration).webhooks).to.deep.equal([
      {
        name: 'validate.kyverno.svc-fail',
        failurePolicy: 'Ignore',
        timeoutSeconds: 15,
        service: 'kyverno/kyverno-svc',
        rules: ['CREATE,DELETE pods,pods/ephemeralcontainers'],
        excludedNamespaces: ['kube-system', 'kyverno'],
      },
    ]);
  });

  it('takes the API’s own defaults for what is left out, and a URL for a Service', () => {
    const webhooks = [{ name: 'w', clientConfig: { url: 'https://gate.example/validate' } }];
    expect(webhookState({ metadata: { name: 'c' }, webhooks }).webhooks).to.deep.equal([
      {
        name: 'w',
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
        service: 'https://gate.example/validate',
        rules: [],
        excludedNamespaces: [],
      },
    ]);
    expect(webhookState({ metadata: { name: 'c' } })).to.deep.equal({ webhooks: [] });
  });
});
