import type { Fault } from './fault.ts';
import { gatekeeperProcesses, signalAll } from './gatekeeper-processes.ts';

export const stallDescription =
  'every process of the gatekeeper is stopped (SIGSTOP): it takes connections and never answers';

/**
 * A gatekeeper that hangs: each request waits for the webhook's timeout and is then refused, until the liveness probe has
 * the container killed. `revert` lets those go on that are still there. Embedded clusters alone.
 */
export function stall(cluster: string): Fault {
  let stopped: number[] = [];
  return {
    name: 'stall',
    describe: stallDescription,
    async inject() {
      stopped = gatekeeperProcesses(cluster);
      if (stopped.length === 0) throw new Error(`cluster ${cluster} has no process of the gatekeeper to stop`);
      signalAll(stopped, 'SIGSTOP');
    },
    async revert() {
      // Looked up again: a number may belong to another process by now.
      signalAll(
        gatekeeperProcesses(cluster).filter((pid) => stopped.includes(pid)),
        'SIGCONT',
      );
    },
  };
}
