import { readFileSync } from 'node:fs';

/** Whether the process got a SIGSTOP, as the kernel says. */
export function isStopped(pid: number | undefined): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] === 'T';
}
