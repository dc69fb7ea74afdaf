import type { Safeguard } from './safeguard.ts';

export const bootstrapExempt: Safeguard = {
  name: 'bootstrap-exempt',
  describe: 'the webhooks leave out Node and CertificateSigningRequest (features.excludeBootstrapResources)',
  claims: 'nodes can join without a gatekeeper; it says nothing about pods',
  against: [],
  exposes: 'policies on nodes and certificate requests are not enforced',
  patch: () => ({ gatekeeper: { values: { features: { excludeBootstrapResources: { enabled: true } } } } }),
};
