import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseYaml } from './parse.ts';
import { getIn, textOf } from './tree.ts';

export interface BuiltinProfile {
  name: string;
  description: string;
  /** Absolute path of its file. */
  path: string;
}

/** The profiles that ship with falldown, sorted by name. */
export function builtinProfiles(): BuiltinProfile[] {
  return builtinPaths().map((path) => {
    const [tree] = parseYaml(readFileSync(path, 'utf8'), path, []);
    return { name: nameOf(path), description: textOf(getIn(tree, ['description'])) ?? '', path };
  });
}

/** Absolute path of a built-in profile, or undefined. */
export function builtinPath(name: string): string | undefined {
  return builtinPaths().find((path) => nameOf(path) === name);
}

export function builtinNames(): string[] {
  return builtinPaths().map(nameOf);
}

/** Folder of the built-in profiles and their JSON Schema. */
export function profilesFolder(): string {
  // The YAML is not compiled: from dist/clusters/profiles it is further up than from the source.
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = dirname(folder);
  }
  return join(folder, 'clusters', 'profiles');
}

function builtinPaths(): string[] {
  const folder = profilesFolder();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => join(folder, file));
}

function nameOf(path: string): string {
  return basename(path, '.yaml');
}
