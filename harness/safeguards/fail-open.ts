import type { Safeguard } from './safeguard.ts';

export const failOpen: Safeguard = {
  name: 'fail-open',
  describe: 'failurePolicy Ignore for every webhook (features.forceFailurePolicyIgnore)',
  claims: 'without a gatekeeper the cluster goes on',
  against: [
    'collision',
    'node-critical-collision',
    'batch-collision',
    'drain',
    'evict-one',
    'crash-loop',
    'stall',
    'node-pressure',
  ],
  exposes: 'anything is admitted while no gatekeeper answers',
  apart: 'it gives up what the others protect',
  written: (webhooks) => webhooks.every((w) => w.failurePolicy === 'Ignore'),
  patch: () => ({ gatekeeper: { values: { features: { forceFailurePolicyIgnore: { enabled: true } } } } }),
};
