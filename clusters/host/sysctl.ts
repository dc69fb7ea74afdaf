import { accessSync, constants, readFileSync } from 'node:fs';

/**
 * systemd, containerd, kubelet and most pods of every node watch files; the kernel counts them per user of the whole
 * machine. The values are those of kind's own "known issues" page.
 */
export const INOTIFY = { 'fs.inotify.max_user_instances': 512, 'fs.inotify.max_user_watches': 524_288 } as const;

/** A kernel setting that is lower than wanted. */
export interface LowSysctl {
  name: string;
  value: number;
  wanted: number;
  /** False where even root may not change it, as in a container with a read-only /proc/sys; true when not root: not known. */
  writable: boolean;
}

export const sysctlPath = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;

export function lowSysctls(): LowSysctl[] {
  return Object.entries(INOTIFY).flatMap(([name, wanted]) => {
    const value = Number(readFileSync(sysctlPath(name), 'utf8'));
    return value >= wanted
      ? []
      : [{ name, value, wanted, writable: process.getuid?.() !== 0 || isWritable(sysctlPath(name)) }];
  });
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
