import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credentials, kubeconfigText } from './credentials.ts';

/** Writes one kubeconfig for each person into a folder, readable by this user alone; returns name → path. */
export async function writeKubeconfigs(
  dir: string,
  cluster: string,
  people: ReadonlyMap<string, Credentials>,
): Promise<Map<string, string>> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files = new Map<string, string>();
  for (const [name, credentials] of people) {
    const file = join(dir, `${name}.kubeconfig`);
    await writeFile(file, `${kubeconfigText(credentials, cluster)}\n`, { mode: 0o600 });
    files.set(name, file);
  }
  return files;
}
