import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessIdentity } from '../../harness/processes.ts';

/** What `host setup` has changed on this host, and how it was before. */
export interface HostRecord {
  /** Installed because they were not there. */
  packages: string[];
  /** Made by us, in whole. */
  files: string[];
  /** Value before, by name. */
  sysctls: Record<string, number>;
  /** Docker's configuration before, in the keys that were changed; undefined: it was not changed. */
  docker?: { existed: boolean; defaultRuntime?: string };
  /** The daemon that was started last, where there is no systemd. */
  dockerd?: ProcessIdentity;
}

const EMPTY: HostRecord = { packages: [], files: [], sysctls: {} };

/** What was recorded; undefined when this host was never set up. */
export function readRecord(path: string): HostRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as HostRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Adds to the record; called before the change itself, so that a crash in between is recorded too. */
export function record(path: string, change: (before: HostRecord) => Partial<HostRecord>): void {
  const before = readRecord(path) ?? EMPTY;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ ...before, ...change(before) }, null, 2)}\n`);
  renameSync(temporary, path);
}

export function forgetRecord(path: string): void {
  rmSync(path, { force: true });
}
