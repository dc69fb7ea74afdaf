import { ROLE_LABEL } from '../labels.ts';
import type { Live } from '../observe/live.ts';
import type { Person } from '../people/person.ts';
import { waitFor } from '../wait.ts';
import { poke } from './poke.ts';

/** Enough to see that the controllers are at work again. */
const PODS = 50;
/** The Job controller makes a few pods at first, and each time twice as many. */
const WITHIN_SECONDS = 60;

/**
 * After a while without a gatekeeper: has the encoding Jobs tried again now, which their controller would do when its
 * back-off is over, and waits until pods are made again. Nothing to wait for where no fan-out is under
 * way, or every segment has had its pod.
 */
export async function fanOutGoesOn(p: {
  person: Person;
  encoding: { namespace: string; pods: number };
  live: Live;
  signal: AbortSignal;
}): Promise<void> {
  const { person, encoding, live, signal } = p;
  const made = live.encoding.created;
  if (made === 0 || made >= encoding.pods) return;
  await poke(person, 'Job', encoding.namespace, `${ROLE_LABEL}=encoding`);
  const wanted = Math.min(encoding.pods, made + PODS);
  await waitFor(() => live.encoding.created >= wanted, {
    what: 'the fan-out to go on',
    timeoutSeconds: WITHIN_SECONDS,
    signal,
    seen: () => `${live.encoding.created} of ${encoding.pods} pods`,
  });
}
