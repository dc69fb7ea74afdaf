import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

export const apiServerPausedDescription = 'the API server is stopped (SIGSTOP): it takes connections and never answers';

/** An API server that hangs. */
export function apiServerPaused(control: () => ProcessControl): Fault {
  return heldFault('api-server-paused', apiServerPausedDescription, () => control().pause('kube-apiserver'));
}
