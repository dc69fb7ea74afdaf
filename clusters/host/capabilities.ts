import { readFileSync } from 'node:fs';

/** By number, as in linux/capability.h. */
const NAMES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`);

/** The capabilities up to `last` that a bounding set, as /proc/PID/status prints it, does not have. */
export function lackingIn(boundingSet: string, last: number): string[] {
  const set = BigInt(`0x${boundingSet}`);
  return NAMES.filter((_, bit) => bit <= last && (set & (1n << BigInt(bit))) === 0n);
}

/**
 * What this host withholds from everything that runs on it, from root too: sandboxes and nested CI often lack
 * CAP_SYS_RESOURCE, and a privileged container, which asks for all of them, then does not start. Taken from the Docker
 * daemon where its process can be seen, else from this process.
 */
export function lackingCapabilities(dockerPid: number | undefined): string[] {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  return lackingIn(boundingSetOf(dockerPid) ?? boundingSetOf('self') ?? '0', last);
}

function boundingSetOf(pid: number | 'self' | undefined): string | undefined {
  try {
    return /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
