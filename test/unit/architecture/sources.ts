import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = new URL('../../../', import.meta.url).pathname;

export interface Import {
  /** Path of the importing file, from the root. */
  from: string;
  /** Path of the imported file, or the name of a package. */
  to: string;
  /** Erased before it runs. */
  typeOnly: boolean;
}

/** Every file of the repository that git knows or would take in. */
export function files(ending = ''): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  return String(list)
    .split('\n')
    .filter((path) => path.endsWith(ending) && path !== '' && existsSync(join(ROOT, path)));
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** `import … from`, `export … from`, bare and dynamic imports of one file. */
export function importsOf(from: string, text = textOf(from)): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const to = specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier;
    found.push({ from, to, typeOnly });
  };
  for (const [, type, names, specifier] of text.matchAll(/^(?:import|export) (type )?([^;'"]*?)\bfrom '([^']+)'/gm)) {
    const named = /^\{([^}]*)\}\s*$/.exec(names ?? '')?.[1];
    const each =
      named
        ?.split(',')
        .map((n) => n.trim())
        .filter(Boolean) ?? [];
    const onlyTypes = each.length > 0 && each.every((n) => n.startsWith('type '));
    add(specifier as string, type !== undefined || onlyTypes);
  }
  for (const [, specifier] of text.matchAll(/^import '([^']+)'/gm)) add(specifier as string, false);
  for (const [, specifier] of text.matchAll(/\bimport\(\s*'([^']+)'/g)) add(specifier as string, false);
  return found;
}
