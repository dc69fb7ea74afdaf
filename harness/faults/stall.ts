import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

export const stallDescription =
  'every process of the gatekeeper is stopped (SIGSTOP): it takes connections and never answers';

/**
 * A gatekeeper that hangs: each request waits for the webhook's timeout and is then refused, until the liveness probe has
 * the container killed. `revert` lets those go on that are still there.
 */
export function stall(control: () => ProcessControl): Fault {
  return heldFault('stall', stallDescription, () => control().pause('gatekeeper'));
}
