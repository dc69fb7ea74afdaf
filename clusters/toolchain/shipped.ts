import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * A file that falldown ships: beside the sources in a checkout, in the package's own folder when compiled to dist/.
 * Undefined when the installation lacks it.
 */
export function shippedFile(name: string): string | undefined {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, name);
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) return undefined;
  }
}
