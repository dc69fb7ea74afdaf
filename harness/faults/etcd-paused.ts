import type { ProcessControl } from '../../clusters/providers/provider.ts';
import type { Fault } from './fault.ts';
import { heldFault } from './held-fault.ts';

export const etcdPausedDescription =
  'etcd is stopped (SIGSTOP): the API server lives, and waits for it with each request that asks for the newest state';

/**
 * F2: a database that hangs. Measured on Kubernetes 1.36.3: reads and lists wait for the API server's own 60 s, writes for
 * their 34 s, and what may be old (resourceVersion=0) is answered in milliseconds.
 */
export function etcdPaused(control: () => ProcessControl): Fault {
  return heldFault('etcd-paused', etcdPausedDescription, () => control().pause('etcd'));
}
