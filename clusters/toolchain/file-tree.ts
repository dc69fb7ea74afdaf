import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Copies a folder, writable for its owner whatever the source says: go's module cache is read-only throughout. */
export async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await copyTree(path.join(from, entry.name), target);
    else if (entry.isFile()) {
      await copyFile(path.join(from, entry.name), target);
      await chmod(target, 0o644);
    }
  }
}

/** sha256 over the names and contents of every file in a folder. @throws when the folder is not there. */
export async function digestTree(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((e) => e.isFile())
    .map((e) => path.relative(folder, path.join(e.parentPath, e.name)))
    .sort();
  const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
  const hash = createHash('sha256');
  for (const [i, file] of files.entries()) hash.update(`${file}\0${contents[i]!.length}\0`).update(contents[i]!);
  return hash.digest('hex');
}
