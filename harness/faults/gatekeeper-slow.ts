import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

/** Well under the 10 s that a webhook has, well over what Kubernetes promises of a request. */
const DELAY_SECONDS = 2;

export const gatekeeperSlowDescription = `what is sent to the gatekeeper's Service reaches it ${DELAY_SECONDS} s later`;

/** A gatekeeper that answers, late: the network before it is long, its TLS connections are its own as ever. */
export function gatekeeperSlow(control: () => ProcessControl, service: { namespace: string; name: string }): Fault {
  return heldFault('gatekeeper-slow', gatekeeperSlowDescription, () => {
    const { delay } = control();
    if (delay === undefined) throw new Error('the network of this kind of cluster cannot be delayed');
    return delay(service, DELAY_SECONDS);
  });
}
