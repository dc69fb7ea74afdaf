import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disk } from './host-line.ts';

/** The disk that a folder is on or will be on. */
export async function diskOf(path: string): Promise<Disk> {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  return { path, freeBytes: bavail * bsize, writable: allows(there, constants.W_OK) };
}

/** May this user do that with the file? */
export function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
