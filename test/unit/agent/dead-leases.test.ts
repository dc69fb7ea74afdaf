import { expect } from 'chai';
import { forgetDeadHolders } from '../../../clusters/providers/embedded/agent/dead-leases.ts';
import { FakeApi, json } from '../kube/fake-api.ts';

const lease = (namespace: string, name: string, holderIdentity: string) => ({
  metadata: { namespace, name },
  spec: { holderIdentity },
});

describe('leases after a checkpoint', () => {
  it('of processes that it killed are forgotten: of the pods that ran, and of kwok for its nodes; others stay', async () => {
    const api = await FakeApi.start();
    try {
      const items = [
        lease('kyverno', 'kyverno', 'kyverno-1_abc'),
        lease('kyverno', 'other', 'kyverno-0_abc'),
        lease('kube-node-lease', 'fake-0', 'kwok-1'),
        lease('kube-node-lease', 'real-0', 'real-0'),
      ];
      const pods = [{ metadata: { namespace: 'kyverno', name: 'kyverno-1' } }];
      api.answer = ({ path }, response) => json(response, { items: path.endsWith('/leases') ? items : pods });
      await forgetDeadHolders(api.client(), ['real-0']);
      const deleted = api.asked
        .filter(({ method }) => method === 'DELETE')
        .map(({ path }) => path.split('/leases/')[1]);
      expect(deleted).to.have.members(['kyverno', 'fake-0']);
    } finally {
      await api.close();
    }
  });
});
