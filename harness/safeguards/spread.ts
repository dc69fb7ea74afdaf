import type { Safeguard } from './safeguard.ts';

const COMPONENT = { key: 'app.kubernetes.io/component', operator: 'In', values: ['admission-controller'] };

export const spread: Safeguard = {
  name: 'spread',
  describe: 'two replicas that may not share a node (required anti-affinity), and a second node for them',
  claims: 'what happens on one node does not take all replicas',
  against: ['collision', 'drain', 'batch-collision'],
  spareNode: 'open',
  patch: () => ({
    gatekeeper: {
      values: {
        admissionController: {
          replicas: 2,
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: null,
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchExpressions: [COMPONENT] }, topologyKey: 'kubernetes.io/hostname' },
            ],
          },
          // A new pod has no third node to go to while both old ones are there.
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        },
      },
    },
  }),
};
