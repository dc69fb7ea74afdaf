import { samplerClaim } from './sampler-claims.ts';

export const claim = samplerClaim('cpu', 500);
