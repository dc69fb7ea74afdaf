import type { Binary, Disk, HostFacts } from './host-facts.ts';

/** One line of `falldown host check`. Only `missing` keeps clusters from running. */
export interface HostLine {
  check: string;
  state: 'ok' | 'warn' | 'missing';
  /** What was found. */
  seen: string;
  /** What to do about it, unless it is ok. */
  remedy?: string;
}

const GB = 1e9;
/** All binaries of an embedded cluster with the Go modules and build results that they come from. */
const DISK_TO_BUILD_BYTES = 3 * GB;
/** One cluster's data and logs. */
const DISK_TO_RUN_BYTES = 0.5 * GB;
/** Control plane and gatekeeper take 1.5 GB with a small fan-out, 3 GB with thousands of pods. */
const MEMORY_BYTES = 3 * GB;
const MEMORY_LEAST_BYTES = 1.5 * GB;
const OPEN_FILES = 4096;

/** Judges what was found on a host; every line that is not ok says what to do. */
export function judgeHost(facts: HostFacts): HostLine[] {
  const complete = facts.binaries.every((b) => b.way === 'here');
  return [
    platform(facts),
    line('/proc', facts.procReadable, facts.procReadable ? 'readable' : 'not readable', {
      remedy: 'mount /proc in this container or chroot: clusters are found by the environment of their processes',
    }),
    line('loopback', facts.loopback, `127.53.0.0/16 ${facts.loopback ? 'can' : 'cannot'} be listened on`, {
      remedy: 'bring the loopback interface up: ip link set lo up',
    }),
    binaries(facts.binaries),
    disk('cache disk', facts.cacheDisk, complete ? DISK_TO_RUN_BYTES : DISK_TO_BUILD_BYTES, 'XDG_CACHE_HOME'),
    disk('state disk', facts.stateDisk, DISK_TO_RUN_BYTES, 'XDG_STATE_HOME'),
    memory(facts.availableBytes),
    openFiles(facts.openFiles),
    {
      check: 'webhook port',
      state: 'ok',
      seen: facts.port443
        ? '443, as in production'
        : '8443 instead of 443, which this user may not listen on (sysctl net.ipv4.ip_unprivileged_port_start=443 allows it)',
    },
  ];
}

function platform({ provider }: HostFacts): HostLine {
  const [first] = provider;
  if (first === undefined) return { check: 'platform', state: 'ok', seen: 'Linux' };
  const remedy = provider.map((missing) => missing.remedy).join('; ');
  return { check: 'platform', state: 'missing', seen: `lacks ${provider.map((m) => m.what).join('; ')}`, remedy };
}

function binaries(all: readonly Binary[]): HostLine {
  const check = 'binaries';
  const count = (way: Binary['way']) => all.filter((b) => b.way === way).length;
  const none = all.filter((b) => b.way === 'none');
  if (none.length > 0) {
    return {
      check,
      state: 'missing',
      seen: none.map((b) => `${b.component} ${b.version}: ${b.reason}`).join('\n'),
      remedy: 'install Go (https://go.dev/dl), or name a folder that has the binaries: FALLDOWN_BIN_DIR',
    };
  }
  if (count('here') === all.length) return { check, state: 'ok', seen: `all ${all.length} are here` };
  const parts = [`${count('here')} of ${all.length} are here`];
  if (count('download') > 0) parts.push(`${count('download')} to download`);
  if (count('build') > 0) parts.push(`${count('build')} to build, which takes minutes the first time`);
  return { check, state: 'warn', seen: parts.join(', '), remedy: 'get them ready now: falldown toolchain build' };
}

function disk(check: string, { path, freeBytes, writable }: Disk, needed: number, variable: string): HostLine {
  const remedy = `make room there, or set ${variable} to a folder on another disk`;
  if (!writable)
    return line(check, false, `${path} cannot be written`, { remedy: `set ${variable} to a folder of yours` });
  return line(check, freeBytes >= needed, `${gb(freeBytes)} free for ${path}, ${gb(needed)} needed`, { remedy });
}

function memory(bytes: number): HostLine {
  const seen = `${gb(bytes)} available`;
  if (bytes >= MEMORY_BYTES) return { check: 'memory', state: 'ok', seen };
  return {
    check: 'memory',
    state: bytes >= MEMORY_LEAST_BYTES ? 'warn' : 'missing',
    seen: `${seen}, ${gb(MEMORY_BYTES)} wanted`,
    remedy:
      'stop other programs or clusters (falldown clusters), or raise the container’s limit; --pods 300 takes less',
  };
}

function openFiles(limit: number | undefined): HostLine {
  const check = 'open files';
  if (limit === undefined) {
    const remedy = `look at ulimit -n yourself: ${OPEN_FILES} are needed`;
    return { check, state: 'warn', seen: 'the limit is not known', remedy };
  }
  return line(check, limit >= OPEN_FILES, `limit ${limit}, ${OPEN_FILES} needed`, {
    remedy: `ulimit -n ${OPEN_FILES}`,
  });
}

function line(check: string, ok: boolean, seen: string, bad: { remedy: string }): HostLine {
  return ok ? { check, state: 'ok', seen } : { check, state: 'missing', seen, remedy: bad.remedy };
}

const gb = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;
