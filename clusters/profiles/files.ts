import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import { didYouMean } from './did-you-mean.ts';
import { parseYaml } from './parse.ts';
import type { Problem } from './problems.ts';
import { type Place, showPlace, type Tree } from './tree.ts';

/** What one loading of a profile gathers. */
export interface Loading {
  /** Folder that paths given on the command line are relative to. */
  cwd: string;
  problems: Problem[];
  /** Absolute paths of the files read, in order. */
  sources: string[];
}

const YAML_FILE = /\.ya?ml$/;

/**
 * The YAML documents of a file.
 * @param from folder that the path is relative to
 * @param namedAt where the path was written
 * @throws FalldownError FILE_NOT_FOUND, PROFILE_NOT_YAML
 */
export function readDocuments(loading: Loading, path: string, from: string, namedAt?: Place): Tree[] {
  const file = resolve(from, path);
  if (isFolder(file, namedAt, loading)) {
    throw new FalldownError({
      code: 'FILE_NOT_FOUND',
      kind: 'usage',
      what: 'a folder stands where a file was expected',
      on: display(loading, file),
      expected: `a YAML file${named(namedAt)}`,
      next: 'name one of the files in it',
    });
  }
  loading.sources.push(file);
  return parseYaml(readFileSync(file, 'utf8'), display(loading, file), loading.problems);
}

/** The file itself, or for a folder its *.yaml and *.yml files, sorted, without those of sub-folders. Absolute paths. */
export function yamlFiles(loading: Loading, path: string, from: string, namedAt?: Place): string[] {
  const file = resolve(from, path);
  if (!isFolder(file, namedAt, loading)) return [file];
  return readdirSync(file)
    .filter((name) => YAML_FILE.test(name))
    .sort()
    .map((name) => join(file, name));
}

export function looksLikePath(reference: string): boolean {
  return /[/\\]/.test(reference) || YAML_FILE.test(reference);
}

/** A path as messages show it: relative to the folder one works in, unless it lies outside. */
export function display(loading: Loading, file: string): string {
  const inside = relative(loading.cwd, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? file : inside;
}

/** Where a reference was written, as the tail of a sentence. */
export function named(at: Place | undefined): string {
  return at === undefined ? '' : `, named at ${showPlace(at)}`;
}

function isFolder(file: string, namedAt: Place | undefined, loading: Loading): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined) return stats.isDirectory();
  throw new FalldownError({
    code: 'FILE_NOT_FOUND',
    kind: 'usage',
    what: 'no such file',
    on: display(loading, file),
    expected: `a YAML file${named(namedAt)}`,
    seen: whatIsThere(file, loading),
    next: 'correct the path; it is relative to the file that names it, or on the command line to the current folder',
  });
}

function whatIsThere(missing: string, loading: Loading): string {
  const folder = dirname(missing);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return `no folder ${display(loading, folder)} either`;
  const names = readdirSync(folder).sort();
  const near = didYouMean(basename(missing), names);
  if (near !== undefined) return `${near} in that folder (did you mean “${near}”?)`;
  const yaml = names.filter((name) => YAML_FILE.test(name));
  if (yaml.length === 0) return 'no YAML file in that folder';
  return `in that folder: ${yaml.slice(0, 8).join(', ')}${yaml.length > 8 ? ` and ${yaml.length - 8} more` : ''}`;
}
