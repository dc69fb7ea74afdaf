import { type Safeguard, TAKES_THE_GATEKEEPER } from './safeguard.ts';

export const failOpen: Safeguard = {
  name: 'fail-open',
  describe: 'failurePolicy Ignore for every webhook (features.forceFailurePolicyIgnore)',
  claims: 'without a gatekeeper the cluster goes on',
  against: TAKES_THE_GATEKEEPER,
  exposes: 'anything is admitted while no gatekeeper answers',
  apart: 'it gives up what the others protect',
  written: (webhooks) => webhooks.every((w) => w.failurePolicy === 'Ignore'),
  patch: () => ({ gatekeeper: { values: { features: { forceFailurePolicyIgnore: { enabled: true } } } } }),
};
