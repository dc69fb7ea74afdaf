import type { Safeguard } from './safeguard.ts';

export const criticalPriority: Safeguard = {
  name: 'critical-priority',
  describe: 'priority class system-cluster-critical for the gatekeeper',
  claims: 'no class of a user outranks it',
  against: ['collision', 'batch-collision', 'node-pressure'],
  patch: () => ({
    gatekeeper: { values: { admissionController: { priorityClassName: 'system-cluster-critical' } } },
  }),
};
