import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

/** 0.05 cores gave a p50 of 2.4–5.2 s on kind, measured on Kubernetes 1.36.3; nothing restarted. */
const SHARE = 0.05;

export const apiServerStarvedDescription = `the API server runs for ${SHARE * 100} % of the time (embedded), or its node has ${SHARE} cores (kind)`;

/** An API server short of CPU. */
export function apiServerStarved(control: () => ProcessControl): Fault {
  return heldFault('api-server-starved', apiServerStarvedDescription, () =>
    control().throttle('kube-apiserver', SHARE),
  );
}
