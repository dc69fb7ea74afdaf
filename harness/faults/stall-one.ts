import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

export const stallOneDescription = 'one process of the gatekeeper is stopped (SIGSTOP), whatever other replicas do';

/** One replica that hangs. Calls that are on a connection to it wait; for how long the others help is what is measured. */
export function stallOne(control: () => ProcessControl): Fault {
  return heldFault('stall-one', stallOneDescription, () => control().pause('gatekeeper', 1));
}
