import type { Safeguard } from './safeguard.ts';

export const replicas: Safeguard = {
  name: 'replicas',
  describe: 'three replicas of the gatekeeper, placed as the chart places them',
  claims: 'one replica may be lost',
  against: ['collision', 'drain', 'evict-one', 'batch-collision'],
  apart: 'spread has replicas of its own',
  patch: () => ({ gatekeeper: { values: { admissionController: { replicas: 3 } } } }),
};
