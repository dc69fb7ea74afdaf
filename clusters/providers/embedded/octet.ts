import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FalldownError } from '../../../harness/errors.ts';
import { stateDir } from '../../../harness/paths.ts';

/** 127.53 … 127.252: clear of 127.0 and 127.1, which resolvers and databases like to use. */
const FIRST = 53;
const LAST = 252;

/** Picks the second octet of a cluster's addresses that no other cluster on this machine has. Call it under the provider's lock. */
export async function takeOctet(dir: string): Promise<number> {
  const taken = new Set<string>();
  const clusters = join(stateDir(), 'clusters');
  for (const name of await readdir(clusters).catch(() => [])) {
    taken.add((await readFile(join(clusters, name, 'octet'), 'utf8').catch(() => '')).trim());
  }
  for (let octet = FIRST; octet <= LAST; octet++) {
    if (taken.has(String(octet))) continue;
    await writeFile(join(dir, 'octet'), String(octet));
    return octet;
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
