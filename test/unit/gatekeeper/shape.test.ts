import { expect } from 'chai';
import { shapeOf } from '../../../harness/gatekeeper/inspect.ts';
import type { DeadlockShape } from '../../../harness/journal/events.ts';
import type { WebhookConfiguration } from '../../../harness/kube/webhooks.ts';

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];
type Selector = NonNullable<Webhook['namespaceSelector']>;

const NAME = 'kubernetes.io/metadata.name';

function webhook(operations: string[], resources: string[], more: Partial<Webhook> = {}): Webhook {
  const service = { namespace: 'kyverno', name: 'kyverno-svc' };
  return { name: 'w', failurePolicy: 'Fail', clientConfig: { service }, rules: [{ operations, resources }], ...more };
}

const shape = (...webhooks: Webhook[]) => shapeOf([{ metadata: { name: 'c' }, webhooks }], 'kyverno');
const selecting = (...matchExpressions: NonNullable<Selector['matchExpressions']>) => ({
  namespaceSelector: { matchExpressions },
});
const exempt = selecting({ key: NAME, operator: 'NotIn', values: ['kyverno', 'kube-system'] });
const onPods = webhook(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'], ['pods', 'pods/ephemeralcontainers']);

describe('shapeOf: which shape of the deadlock the webhooks allow (F9)', () => {
  const cases: [string, DeadlockShape, Webhook[]][] = [
    ['covers pods in the gatekeeper’s own namespace', 'self-admission', [onPods]],
    [
      'exempts kube-system alone',
      'self-admission',
      [{ ...onPods, ...selecting({ key: NAME, operator: 'NotIn', values: ['kube-system'] }) }],
    ],
    ['covers pods but exempts the gatekeeper’s namespace', 'starvation', [{ ...onPods, ...exempt }]],
    ['covers nodes', 'bootstrap', [webhook(['CREATE'], ['nodes'], exempt)]],
    [
      'covers CSRs beside exempted pods',
      'bootstrap',
      [{ ...onPods, ...exempt }, webhook(['CREATE'], ['certificatesigningrequests'])],
    ],
    [
      'covers both its own pods and nodes: its own pods come first',
      'self-admission',
      [onPods, webhook(['CREATE'], ['nodes'])],
    ],
    ['fails open', 'none', [{ ...onPods, failurePolicy: 'Ignore' }]],
    [
      'has no failure policy, which the API takes for Fail',
      'self-admission',
      [webhook(['CREATE'], ['pods'], { failurePolicy: undefined as unknown as string })],
    ],
    ['is not there', 'none', []],
    ['covers other kinds only', 'none', [webhook(['CREATE'], ['deployments', 'configmaps'])]],
    ['does not see creations', 'none', [webhook(['UPDATE', 'DELETE'], ['pods'])]],
    ['covers a subresource of pods only', 'none', [webhook(['CREATE'], ['pods/eviction', 'pods/binding'])]],
    ['covers a subresource of nodes only', 'none', [webhook(['CREATE'], ['nodes/status'])]],
    ['names operations in another order', 'self-admission', [webhook(['UPDATE', 'CREATE'], ['pods'])]],
    ['covers every operation', 'self-admission', [webhook(['*'], ['pods'])]],
    ['covers every resource', 'self-admission', [webhook(['CREATE'], ['*'])]],
    ['covers every resource and subresource', 'self-admission', [webhook(['CREATE'], ['*/*'])]],
    [
      'covers every resource of another group',
      'none',
      [{ ...onPods, rules: [{ operations: ['*'], apiGroups: ['apps'], resources: ['*/*'] }] }],
    ],
    ['covers every subresource of pods, and so pods', 'self-admission', [webhook(['CREATE'], ['pods/*'])]],
    ['covers everything but its own namespace: nodes are in none', 'bootstrap', [webhook(['*'], ['*/*'], exempt)]],
    [
      'selects other namespaces by name',
      'starvation',
      [{ ...onPods, ...selecting({ key: NAME, operator: 'In', values: ['prod'] }) }],
    ],
    [
      'selects its own namespace by name',
      'self-admission',
      [{ ...onPods, ...selecting({ key: NAME, operator: 'In', values: ['kyverno'] }) }],
    ],
    [
      'selects namespaces by a label that its own does not carry',
      'starvation',
      [{ ...onPods, namespaceSelector: { matchLabels: { admission: 'on' } } }],
    ],
    [
      'exempts namespaces by a label that its own does not carry',
      'self-admission',
      [{ ...onPods, ...selecting({ key: 'admission', operator: 'DoesNotExist' }) }],
    ],
  ];
  for (const [what, expected, webhooks] of cases) {
    it(`${expected}: it ${what}`, () => expect(shape(...webhooks)).to.equal(expected));
  }

  it('reads validating and mutating configurations together', () => {
    const one = (w: Webhook): WebhookConfiguration => ({ metadata: { name: 'c' }, webhooks: [w] });
    expect(shapeOf([one({ ...onPods, ...exempt }), one(onPods)], 'kyverno')).to.equal('self-admission');
  });
});
