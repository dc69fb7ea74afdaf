import type { Safeguard } from './safeguard.ts';

export const politeSecurity: Safeguard = {
  name: 'polite-security',
  describe: 'preemptionPolicy Never on the security team’s class',
  claims: 'its pods come first in the queue but evict nobody',
  against: ['collision'],
  patch: ({ priorityClasses, workloads: { security } }) => ({
    priorityClasses: priorityClasses
      .filter(({ name }) => name === security.priorityClassName)
      .map(({ name }) => ({ name, preemptionPolicy: 'Never' as const })),
  }),
};
