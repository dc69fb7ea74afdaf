import { pathOf } from '../kube/paths.ts';
import { NODE_LABEL } from '../labels.ts';
import type { RecoveryPath } from './recovery.ts';

const NAME = 'added-0';

export const addNodes: RecoveryPath = {
  name: 'add-nodes',
  describe: 'add a node, in case it is capacity that is missing',
  identity: 'platform-admin',
  risk: 'it costs money, and new nodes cannot run their set-up pods either',
  commands: () => ['# raise the size of the node pool, with your cloud’s own command'],
  /** A Node as a cloud's controller registers it. No kubelet of ours runs there, so it is closed to the gatekeeper's pods. */
  attempt: (person) =>
    person.tries('add-nodes', 'create', `Node/${NAME}`, (client) =>
      client.create(pathOf('Node'), {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: NAME, labels: { 'kubernetes.io/hostname': NAME, [NODE_LABEL]: 'fake' } },
        spec: { taints: [{ key: NODE_LABEL, value: 'fake', effect: 'NoSchedule' }] },
        status: {
          capacity: { cpu: '32', memory: '256Gi', pods: '1000' },
          allocatable: { cpu: '32', memory: '256Gi', pods: '1000' },
        },
      }),
    ),
};
