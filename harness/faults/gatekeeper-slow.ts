import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

/** Well under the 10 s that a webhook has, well over what Kubernetes promises of a request. */
const DELAY_SECONDS = 2;

export const gatekeeperSlowDescription = `what is sent to the gatekeeper's Service is answered ${DELAY_SECONDS} s later (embedded), or up to ${DELAY_SECONDS} s (kind)`;

/** A gatekeeper that answers, late; its TLS connections are its own as ever. */
export function gatekeeperSlow(control: () => ProcessControl, service: { namespace: string; name: string }): Fault {
  return heldFault('gatekeeper-slow', gatekeeperSlowDescription, () => control().delay(service, DELAY_SECONDS));
}
