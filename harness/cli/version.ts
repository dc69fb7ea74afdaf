import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunStarted } from '../journal/events.ts';

/** The package's folder: two up from the sources, three from dist/. */
export const PACKAGE_ROOT = existsSync(new URL('../../package.json', import.meta.url))
  ? new URL('../../', import.meta.url)
  : new URL('../../../', import.meta.url);

export function version(): string {
  return (JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')) as { version: string }).version;
}

/** Which falldown this is: also the commit, and whether it was changed since, when run from a checkout. */
export function identity(): RunStarted['falldown'] {
  const git = (...args: string[]) => {
    try {
      const cwd = fileURLToPath(PACKAGE_ROOT);
      return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return undefined;
    }
  };
  const commit = existsSync(new URL('.git', PACKAGE_ROOT)) ? git('rev-parse', 'HEAD') : undefined;
  return {
    version: version(),
    commit: commit ?? 'unknown',
    dirty: commit !== undefined && git('status', '--porcelain') !== '',
  };
}
