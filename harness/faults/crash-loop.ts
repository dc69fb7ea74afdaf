import type { Fault } from './fault.ts';
import { gatekeeperProcesses, signalAll } from './gatekeeper-processes.ts';

const LOOK_MILLISECONDS = 100;

export const crashLoopDescription =
  'each process of the gatekeeper is killed (SIGKILL, as the OOM killer does) as soon as it has started';

/**
 * F6: a gatekeeper that crashes again and again. Its pods stay, and the kubelet starts their containers anew with its
 * back-off: nothing has to be admitted for that. Embedded clusters alone, where the processes are this machine's.
 */
export function crashLoop(cluster: string, signal: AbortSignal): Fault {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(timer);
  const kill = () => signalAll(gatekeeperProcesses(cluster), 'SIGKILL');
  return {
    name: 'crash-loop',
    describe: crashLoopDescription,
    async inject() {
      signal.throwIfAborted();
      signal.addEventListener('abort', stop, { once: true });
      kill();
      timer = setInterval(kill, LOOK_MILLISECONDS);
    },
    async revert() {
      stop();
    },
  };
}
