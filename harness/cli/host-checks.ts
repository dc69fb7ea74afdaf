import { diskLine, type HostLine, line, memoryLine } from '../../clusters/host/host-line.ts';
import type { Binary, HostFacts, ToolFacts } from './host-facts.ts';

const GB = 1e9;
/** All binaries of an embedded cluster with the Go modules and build results that they come from. */
const DISK_TO_BUILD_BYTES = 3 * GB;
/** One cluster's data and logs. */
const DISK_TO_RUN_BYTES = 0.5 * GB;
/** Control plane and gatekeeper take 1.5 GB with a small fan-out, 3 GB with thousands of pods. */
const MEMORY_BYTES = 3 * GB;
const MEMORY_LEAST_BYTES = 1.5 * GB;
const OPEN_FILES = 4096;

/** Judges what was found on a host for embedded clusters; every line that is not ok says what to do. */
export function judgeHost(facts: HostFacts): HostLine[] {
  return [
    platform(facts),
    line('/proc', facts.procReadable, facts.procReadable ? 'readable' : 'not readable', {
      remedy: 'mount /proc in this container or chroot: clusters are found by the environment of their processes',
    }),
    line('loopback', facts.loopback, `127.53.0.0/16 ${facts.loopback ? 'can' : 'cannot'} be listened on`, {
      remedy: 'bring the loopback interface up: ip link set lo up',
    }),
    ...judgeTools(facts, DISK_TO_BUILD_BYTES),
    memoryLine(facts.availableBytes, MEMORY_BYTES, MEMORY_LEAST_BYTES),
    {
      check: 'webhook port',
      state: 'ok',
      seen: facts.port443
        ? '443, as in production'
        : '8443 instead of 443, which this user may not listen on (sysctl net.ipv4.ip_unprivileged_port_start=443 allows it)',
    },
  ];
}

/** What every kind of cluster needs: its binaries, and room for them and for what runs write. */
export function judgeTools(facts: ToolFacts, diskToBuildBytes: number): HostLine[] {
  const complete = facts.binaries.every((b) => b.way === 'here');
  return [
    binaries(facts.binaries),
    diskLine('cache disk', facts.cacheDisk, complete ? DISK_TO_RUN_BYTES : diskToBuildBytes, 'XDG_CACHE_HOME'),
    diskLine('state disk', facts.stateDisk, DISK_TO_RUN_BYTES, 'XDG_STATE_HOME'),
    openFiles(facts.openFiles),
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
