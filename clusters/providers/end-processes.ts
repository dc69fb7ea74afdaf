import { type Failure, FalldownError } from '../../harness/errors.ts';
import { killProcessesOf } from '../../harness/processes.ts';

/** Kills every process of a cluster and returns when all are gone. Throws PROCESSES_LEFT, by default as a clean-up that is incomplete. */
export async function endProcesses(cluster: string, kind: Failure['kind'] = 'cleanup'): Promise<void> {
  const left = await killProcessesOf(cluster);
  if (left.length === 0) return;
  throw new FalldownError({
    code: 'PROCESSES_LEFT',
    kind,
    what: `processes of cluster ${cluster} did not die`,
    seen: `pids ${left.join(', ')}`,
    next: `kill them by hand, then: falldown down ${cluster}`,
  });
}
