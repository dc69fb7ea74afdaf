import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { FalldownError } from '../../harness/errors.ts';
import { builtinNames, builtinPath } from './builtin.ts';
import { didYouMean } from './did-you-mean.ts';
import { display, type Loading, looksLikePath, named, readDocuments, yamlFiles } from './files.ts';
import { mergeByName, mergeValues, readPolicies, readPriorityClasses, readValues, readWorkloads } from './manifests.ts';
import { problemsOf, showValue } from './problems.ts';
import { profileSchema } from './schema.ts';
import { getIn, itemsOf, merge, type Path, type Place, plain, setIn, type Tree, textOf, without } from './tree.ts';

/** One profile file, its own part only. */
export interface Layer {
  /** Absolute path. */
  path: string;
  /** The file's fields, with values and policy files read into `gatekeeper.values` and `gatekeeper.policies`. */
  tree: Tree;
  /** What `priorityClassFiles` gave: merged by name once the lists are. */
  classes: Tree[];
}

const header = z.object(profileSchema.pick({ apiVersion: true, kind: true, name: true }).shape);

/**
 * A profile and everything it extends, the most basic one first.
 * @throws FalldownError PROFILE_UNKNOWN, FILE_NOT_FOUND, PROFILE_NOT_YAML
 */
export function readLayers(
  loading: Loading,
  reference: string,
  from: string,
  namedAt?: Place,
  above: string[] = [],
): Layer[] {
  const path = profilePath(loading, reference, from, namedAt);
  if (above.includes(path)) {
    const circle = [...above.slice(above.indexOf(path)), path].map((file) => display(loading, file)).join(' → ');
    loading.problems.push({ at: namedAt ?? { file: reference }, text: `extends goes round in a circle: ${circle}` });
    return [];
  }
  const tree = readProfileTree(loading, path);
  if (tree === undefined) return [];
  const parent = getIn(tree, ['extends']);
  const parentName = textOf(parent);
  const base =
    parent === undefined || parentName === undefined
      ? []
      : readLayers(loading, parentName, dirname(path), parent.at, [...above, path]);
  return [...base, layerOf(loading, path, parentName === undefined ? tree : without(tree, 'extends'))];
}

/** The layers as one tree. Name and description are those of the last one. */
export function combine(layers: readonly Layer[]): Tree | undefined {
  let whole: Tree | undefined;
  for (const { tree, classes } of layers) {
    whole = merge(without(whole, 'name', 'description', 'apiVersion', 'kind'), tree);
    const merged = mergeByName(getIn(whole, ['priorityClasses']), classes);
    if (merged !== undefined) whole = setIn(whole, ['priorityClasses'], merged);
  }
  return whole;
}

function profilePath(loading: Loading, reference: string, from: string, namedAt?: Place): string {
  if (looksLikePath(reference)) return resolve(from, reference);
  const path = builtinPath(reference);
  if (path !== undefined) return path;
  const names = builtinNames();
  const files = yamlFiles(loading, from, from).map((file) => `./${display({ ...loading, cwd: from }, file)}`);
  const meant = files.find((file) => file.startsWith(`./${reference}.y`)) ?? didYouMean(reference, names);
  throw new FalldownError({
    code: 'PROFILE_UNKNOWN',
    kind: 'usage',
    what: 'no such profile',
    on: `${reference}${named(namedAt)}`,
    expected: `one of ${names.join(', ')}, or the path of a file (./${reference}.yaml)`,
    next: meant === undefined ? 'name one of these' : `did you mean “${meant}”?`,
  });
}

function readProfileTree(loading: Loading, path: string): Tree | undefined {
  const [tree, second] = readDocuments(loading, path, loading.cwd);
  const start = { file: display(loading, path), line: 1, col: 1 };
  if (second !== undefined)
    loading.problems.push({ at: second.at, text: 'expected one document in a profile, seen another one' });
  if (tree?.kind !== 'map') {
    const seen = tree === undefined ? 'an empty file' : showValue(tree);
    loading.problems.push({ at: tree?.at ?? start, text: `expected a profile, a map, seen ${seen}` });
    return undefined;
  }
  // Each file says what it is: what it extends does not say it in its place.
  const result = header.safeParse(plain(tree));
  if (!result.success) loading.problems.push(...problemsOf(result.error.issues, tree, profileSchema));
  return tree;
}

function layerOf(loading: Loading, path: string, written: Tree): Layer {
  const folder = dirname(path);
  let tree = written;
  /** Takes a list of paths out of the tree; one that is not such a list stays, for the schema to complain about. */
  const take = (field: Path): { path: string; at: Place }[] => {
    const value = getIn(tree, field);
    const paths = itemsOf(value).flatMap((item) => {
      const text = textOf(item);
      return text === undefined ? [] : [{ path: text, at: item.at }];
    });
    if (value?.kind !== 'list' || paths.length < value.items.length) return [];
    const parent = field.slice(0, -1);
    const rest = without(getIn(tree, parent), String(field.at(-1)));
    if (rest !== undefined) tree = setIn(tree, parent, rest);
    return paths;
  };

  const files = take(['gatekeeper', 'valuesFiles']).map((file) => readValues(loading, file.path, folder, file.at));
  const values = mergeValues(files, getIn(tree, ['gatekeeper', 'values']));
  if (values !== undefined) tree = setIn(tree, ['gatekeeper', 'values'], values);

  const policies = take(['gatekeeper', 'policyFiles']).flatMap((file) =>
    readPolicies(loading, file.path, folder, file.at),
  );
  const [first] = policies;
  if (first !== undefined) {
    const inline = getIn(tree, ['gatekeeper', 'policies']);
    const items = [...itemsOf(inline), ...policies];
    tree = setIn(tree, ['gatekeeper', 'policies'], { kind: 'list', at: inline?.at ?? first.at, items });
  }

  for (const file of take(['workloadFiles'])) {
    const read = readWorkloads(loading, file.path, folder, file.at);
    tree = append(tree, ['workloads', 'services'], read.services);
    tree = append(tree, ['objects'], read.objects);
  }

  const classes = take(['priorityClassFiles']).flatMap((file) =>
    readPriorityClasses(loading, file.path, folder, file.at),
  );
  tree = absolute(tree, ['restoreWith'], (ref) => looksLikePath(ref), folder);
  tree = absolute(tree, ['gatekeeper', 'chart', 'ref'], isLocalChart, folder);
  return { path, tree, classes };
}

/** More items at the end of a list that may not be there yet. */
function append(tree: Tree, path: Path, more: readonly Tree[]): Tree {
  const [first] = more;
  const list = getIn(tree, path);
  if (first === undefined) return tree;
  return setIn(tree, path, { kind: 'list', at: list?.at ?? first.at, items: [...itemsOf(list), ...more] });
}

/** A chart ref that is a path: it starts with a dot or slash, or names a packed chart. */
export function isLocalChart(ref: string): boolean {
  return /^(?:\.{0,2}[/\\]|[A-Za-z]:\\)/.test(ref) || (ref.endsWith('.tgz') && !ref.includes('://'));
}

/** A relative path means the file it stands in; later readers do not know that file any more. */
function absolute(tree: Tree, path: Path, isPath: (text: string) => boolean, folder: string): Tree {
  const found = getIn(tree, path);
  const text = textOf(found);
  if (found?.kind !== 'scalar' || text === undefined || !isPath(text)) return tree;
  return setIn(tree, path, { ...found, value: resolve(folder, text) });
}
