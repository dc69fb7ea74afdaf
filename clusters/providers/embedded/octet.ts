import { createServer } from 'node:net';
import { FalldownError } from '../../../harness/errors.ts';
import { holdName, isNameHeld } from '../../../harness/machine-name.ts';

/** 127.53 … 127.252: clear of 127.0 and 127.1, which resolvers and databases like to use. */
const FIRST = 53;
const LAST = 252;

/** The name that a cluster's node agent holds for as long as it lives. */
export function octetName(octet: number): string {
  return `octet-${octet}`;
}

/**
 * Picks the second octet of a cluster's addresses that no other cluster on this machine has, of any user. It is claimed
 * until `release` is called, by when the node agent must hold it.
 */
export async function claimOctet(): Promise<{ octet: number; release: () => void }> {
  for (let octet = FIRST; octet <= LAST; octet++) {
    const release = await holdName(`${octetName(octet)}-claim`);
    if (release === undefined) continue;
    if (!(await isNameHeld(octetName(octet)))) return { octet, release };
    release();
  }
  throw new FalldownError({
    code: 'NO_ADDRESSES_LEFT',
    kind: 'setup',
    what: `all ${LAST - FIRST + 1} loopback ranges are taken by embedded clusters`,
    next: 'remove clusters you no longer need: falldown clusters, falldown down NAME, falldown cleanup',
  });
}

/** Can this user listen on the port of the webhooks' Service? 443 takes root or a lowered ip_unprivileged_port_start. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
