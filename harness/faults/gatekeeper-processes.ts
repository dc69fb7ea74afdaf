import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { processesOf } from '../processes.ts';

/**
 * Process numbers of the gatekeeper's containers on an embedded cluster, not of its init containers. Known by the mark of
 * the cluster and by the binary, so that nothing else on this machine can be meant.
 */
export function gatekeeperProcesses(cluster: string): number[] {
  return processesOf(cluster).filter((pid) => {
    try {
      return /^kyverno-\d/.test(basename(readlinkSync(`/proc/${pid}/exe`)));
    } catch {
      return false;
    }
  });
}

/** Sends a signal to processes that may be gone already. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone since it was looked up.
    }
  }
}
