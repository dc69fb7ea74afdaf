/** One line of `falldown host check`. Only `missing` keeps clusters from running. */
export interface HostLine {
  check: string;
  state: 'ok' | 'warn' | 'missing';
  /** What was found. */
  seen: string;
  /** What to do about it, unless it is ok. */
  remedy?: string;
}

export interface Disk {
  path: string;
  freeBytes: number;
  writable: boolean;
}

const GB = 1e9;

export const gb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;

/** A line that is either ok or missing. */
export function line(check: string, ok: boolean, seen: string, bad: { remedy: string }): HostLine {
  return ok ? { check, state: 'ok', seen } : { check, state: 'missing', seen, remedy: bad.remedy };
}

/** `variable` is the one that moves this folder to another disk. */
export function diskLine(check: string, disk: Disk, neededBytes: number, variable: string): HostLine {
  const { path, freeBytes, writable } = disk;
  const remedy = `make room there, or set ${variable} to a folder on another disk`;
  if (!writable)
    return line(check, false, `${path} cannot be written`, { remedy: `set ${variable} to a folder of yours` });
  return line(check, freeBytes >= neededBytes, `${gb(freeBytes)} free for ${path}, ${gb(neededBytes)} needed`, {
    remedy,
  });
}

/** Less than `wanted` is a warning, less than `least` is missing. */
export function memoryLine(availableBytes: number, wantedBytes: number, leastBytes: number): HostLine {
  const seen = `${gb(availableBytes)} available`;
  if (availableBytes >= wantedBytes) return { check: 'memory', state: 'ok', seen };
  return {
    check: 'memory',
    state: availableBytes >= leastBytes ? 'warn' : 'missing',
    seen: `${seen}, ${gb(wantedBytes)} wanted`,
    remedy:
      'stop other programs or clusters (falldown clusters), or raise the container’s limit; --pods 300 takes less',
  };
}
