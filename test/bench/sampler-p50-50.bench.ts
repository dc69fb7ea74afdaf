import { samplerClaim } from './sampler-claims.ts';

export const claim = samplerClaim('p50', 50);
