import type { Safeguard } from './safeguard.ts';

/** Taint and label of the node that is the gatekeeper's alone. */
export const DEDICATED = { key: 'dedicated', value: 'gatekeeper' };

export const dedicatedNode: Safeguard = {
  name: 'dedicated-node',
  describe: 'a node that is tainted for the gatekeeper alone, and the gatekeeper on it',
  claims: 'nobody else is scheduled beside it, so nobody preempts it',
  against: ['collision', 'node-critical-collision', 'batch-collision'],
  spareNode: 'dedicated',
  apart: 'spread uses the second node',
  patch: () => ({
    gatekeeper: {
      values: {
        admissionController: {
          nodeSelector: { [DEDICATED.key]: DEDICATED.value },
          tolerations: [{ ...DEDICATED, operator: 'Equal', effect: 'NoSchedule' }],
        },
      },
    },
  }),
};
