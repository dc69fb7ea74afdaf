import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Environment variable that every process of a cluster carries; children inherit it, so none can be missed. */
export const CLUSTER_MARK = 'FALLDOWN_CLUSTER';

/** A process, safe against its number being used again: pid and the kernel's start time in clock ticks. */
export interface ProcessIdentity {
  pid: number;
  startTicks: string;
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  try {
    // Field 22 of /proc/PID/stat; the command in field 2 may hold spaces, so count from its closing bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startTicks === identity.startTicks;
}

/** Process numbers of everything that carries the mark of this cluster. */
export function processesOf(cluster: string): number[] {
  const mark = `${CLUSTER_MARK}=${cluster}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentHas(pid, mark) && identityOf(pid) !== undefined);
}

function environmentHas(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
  } catch {
    return false;
  }
}

/** Kills every process of a cluster and returns when the kernel has let go of them, their sockets and files; else with what is left. */
export async function killProcessesOf(cluster: string, timeoutSeconds = 10): Promise<number[]> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  const killed = new Set<number>();
  for (;;) {
    // Looked up anew each time: a dying node agent may have started one more process before it was killed.
    for (const pid of processesOf(cluster)) {
      killed.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone between the look and the kill: what we wanted.
      }
    }
    const left = [...killed].filter(holdsOn);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await delay(20);
  }
}

/** A killed process keeps its ports until its last thread is gone, also when its first one is a zombie already. */
function holdsOn(pid: number): boolean {
  try {
    return identityOf(pid) !== undefined || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}
