import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle } from '../../clusters/providers/provider.ts';

/** Takes the cluster's logs along before it is removed. A log that cannot be had must not hide why the run failed. */
export async function collectLogs(handle: ClusterHandle, to: string): Promise<void> {
  await handle.exportLogs?.(to).catch(() => undefined);
  for (const folder of handle.logs) {
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const file of files) {
      if (!file.isFile() || !file.name.endsWith('.log')) continue;
      const inside = file.parentPath.slice(folder.length + 1);
      await mkdir(join(to, inside), { recursive: true }).catch(() => undefined);
      await cp(join(file.parentPath, file.name), join(to, inside, file.name)).catch(() => undefined);
    }
  }
}
