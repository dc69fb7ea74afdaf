import type { Safeguard } from './safeguard.ts';

export const disruptionBudget: Safeguard = {
  name: 'disruption-budget',
  describe: 'a PodDisruptionBudget for the gatekeeper, minAvailable 1',
  claims: 'the last replica is not disrupted on purpose',
  against: ['collision', 'drain', 'evict-one', 'batch-collision'],
  patch: () => ({
    gatekeeper: { values: { admissionController: { podDisruptionBudget: { enabled: true, minAvailable: 1 } } } },
  }),
};
