import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far, by the kernel's own books, to a hundredth. Throws when there is none. */
export function cpuSecondsOf(pid: number | string | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // utime and stime are fields 14 and 15; the command in field 2 may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The kernel keeps 15 characters of a name. On kind the first two are processes in a container of this machine. */
const ASKED_FOR_NOTHING = /^(kube-scheduler|kube-controller|kwok)/;

/**
 * CPU seconds of what works for each pod of a fan-out and is asked for nothing by those who observe: the scheduler, the
 * controller manager and kwok of this machine.
 */
export function controllersCpuSeconds(): number {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && ASKED_FOR_NOTHING.test(commandOf(entry)))
    .reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
