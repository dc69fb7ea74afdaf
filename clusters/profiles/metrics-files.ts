import { globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Loading, readDocuments } from './files.ts';
import { showValue } from './problems.ts';
import { getIn, itemsOf, type Place, setIn, type Tree, textOf } from './tree.ts';

export interface MetricsFiles {
  /** Your prometheus.yml. */
  prometheusConfig?: string | undefined;
  /** Prometheus rules files, beside the profile's. */
  rules?: readonly string[] | undefined;
}

/** Your Prometheus' own files in `metrics` of a profile; who gives one wants a Prometheus. */
export function withMetricsFiles(loading: Loading, tree: Tree, files: MetricsFiles): Tree {
  let whole = tree;
  const set = (field: string, value: Tree) => {
    whole = setIn(whole, ['metrics', field], value);
  };
  const { prometheusConfig: path, rules } = files;
  const at = { file: '--rules' };
  const items = (rules ?? []).flatMap((file) => rulesFile(loading, file, loading.cwd, at));
  if (path !== undefined) {
    const config = oneMap(loading, path, loading.cwd, { file: '--prometheus-config' }, 'scrape_configs');
    if (config !== undefined) set('config', config);
    const folder = dirname(resolve(loading.cwd, path));
    items.push(...ruleFilesOf(config, folder).flatMap((file) => rulesFile(loading, file.path, folder, file.at)));
  }
  if (rules === undefined && path === undefined) return tree;
  set('ownRules', { kind: 'list', at, items });
  set('prometheus', { kind: 'scalar', at, value: true });
  return whole;
}

/** The files that `rule_files` names, with its patterns resolved; a plain name that is not there stays, to be missed. */
export function ruleFilesOf(config: Tree | undefined, folder: string): { path: string; at: Place }[] {
  return itemsOf(getIn(config, ['rule_files'])).flatMap((item) => {
    const pattern = textOf(item);
    if (pattern === undefined) return [];
    const found = /[*?[]/.test(pattern) ? globSync(pattern, { cwd: folder }).sort() : [pattern];
    return found.map((path) => ({ path, at: item.at }));
  });
}

function rulesFile(loading: Loading, path: string, from: string, at: Place): Tree[] {
  const tree = oneMap(loading, path, from, at, 'groups');
  return tree === undefined ? [] : [tree];
}

/** The one document of a file: a map that has a list under `key`. */
function oneMap(loading: Loading, path: string, from: string, namedAt: Place, key: string): Tree | undefined {
  const before = loading.problems.length;
  const [tree, second] = readDocuments(loading, path, from, namedAt);
  if (loading.problems.length > before) return undefined;
  const list = getIn(tree, [key]);
  const at = second?.at ?? list?.at ?? tree?.at ?? { file: path, line: 1, col: 1 };
  const expected = `expected one document with a list “${key}”`;
  if (second !== undefined) loading.problems.push({ at, text: `${expected}, seen another one` });
  else if (list?.kind === 'list') return tree;
  else loading.problems.push({ at, text: `${expected}, seen ${list === undefined ? 'none' : showValue(list)}` });
  return undefined;
}
