import { existsSync, readFileSync } from 'node:fs';

/** What kubelet and containerd limit and count pods with. */
const NEEDED = ['cpu', 'cpuset', 'memory', 'pids'];

export interface Cgroups {
  version: 1 | 2 | undefined;
  /** Controllers that are needed and not mounted. */
  lacking: string[];
}

/** From /proc/self/mounts; version 2 wins only where it is all there is: a hybrid host has its controllers in version 1. */
export function cgroupsFrom(mounts: string, controllersV2: string): Cgroups {
  const lines = mounts.split('\n').map((text) => text.split(' '));
  const v1 = lines.filter(([, , type]) => type === 'cgroup').flatMap(([, , , options]) => options?.split(',') ?? []);
  const has = v1.length > 0 ? v1 : controllersV2.trim().split(/\s+/);
  const version = v1.length > 0 ? 1 : lines.some(([, , type]) => type === 'cgroup2') ? 2 : undefined;
  return { version, lacking: NEEDED.filter((controller) => !has.includes(controller)) };
}

export function cgroups(): Cgroups {
  const controllers = '/sys/fs/cgroup/cgroup.controllers';
  return cgroupsFrom(
    readFileSync('/proc/self/mounts', 'utf8'),
    existsSync(controllers) ? readFileSync(controllers, 'utf8') : '',
  );
}
