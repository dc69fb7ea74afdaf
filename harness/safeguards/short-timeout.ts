import type { Safeguard } from './safeguard.ts';

export const shortTimeout: Safeguard = {
  name: 'short-timeout',
  describe: 'the API server waits 3 s for a webhook instead of 10 s',
  claims: 'a gatekeeper that hangs does not hold up every request for long',
  against: ['stall'],
  written: (webhooks) => webhooks.length > 0 && webhooks.every((w) => w.timeoutSeconds === 3),
  patch: () => ({
    gatekeeper: { values: { admissionController: { container: { extraArgs: { webhookTimeout: 3 } } } } },
  }),
};
