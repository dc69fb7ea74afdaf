import { existsSync } from 'node:fs';
import { hint } from './did-you-mean.ts';
import { isLocalChart } from './layers.ts';
import { SERVICE_KINDS, SYSTEM_CLASSES } from './manifests.ts';
import type { Problem } from './problems.ts';
import { getIn, itemsOf, type Path, showPath, showPlace, type Tree, textOf } from './tree.ts';

/**
 * What no single field can tell: names that must exist or be unique. Works on the tree, so that these problems are
 * reported along with those of a tree that does not fit the schema.
 * @param safeguards helm values that the rules come back with, if there are any
 */
export function crossCheck(tree: Tree, safeguards: Tree | undefined): Problem[] {
  return [
    ...classReferences(tree, safeguards),
    ...twice(tree, ['priorityClasses'], (item) => textOf(getIn(item, ['name']))),
    ...twice(tree, ['identities'], (item) => textOf(getIn(item, ['name']))),
    ...twice(tree, ['gatekeeper', 'policies'], policyKey),
    ...globalDefaults(tree),
    ...chartProblems(tree),
    ...tooManyRealPods(tree),
    ...serviceKinds(tree),
    ...twice(tree, ['workloads', 'services'], policyKey),
    ...twice(tree, ['objects'], policyKey),
    ...twice(tree, ['safeguards'], (item) => textOf(getIn(item, ['name']))),
  ];
}

/** The API server refuses a pod of an unknown class; here that would look like the outage itself. */
function classReferences(tree: Tree, safeguards: Tree | undefined): Problem[] {
  const names = itemsOf(getIn(tree, ['priorityClasses'])).flatMap((item) => textOf(getIn(item, ['name'])) ?? []);
  const known = [...names, ...SYSTEM_CLASSES];
  const places: Path[] = [
    ['workloads'],
    ['gatekeeper', 'probes'],
    ['gatekeeper', 'values'],
    ['gatekeeper', 'upgradeTo'],
  ];
  return [
    ...places.flatMap((path) => references(getIn(tree, path), path)),
    ...references(safeguards, ['safeguards']),
  ].flatMap(({ value, path }) => {
    const name = textOf(value);
    if (name === undefined || name === '' || known.includes(name)) return [];
    const text = `${showPath(path)}: expected a class of priorityClasses, or ${SYSTEM_CLASSES.join(' or ')}, seen "${name}"`;
    return [{ at: value.at, text: text + hint(name, known) }];
  });
}

/** Every field `priorityClassName` in a tree. */
function references(tree: Tree | undefined, path: Path): { value: Tree; path: Path }[] {
  if (tree?.kind === 'list') return tree.items.flatMap((item, i) => references(item, [...path, i]));
  if (tree?.kind !== 'map') return [];
  return [...tree.fields].flatMap(([key, value]) =>
    key === 'priorityClassName' ? [{ value, path: [...path, key] }] : references(value, [...path, key]),
  );
}

function twice(tree: Tree, path: Path, key: (item: Tree) => string | undefined): Problem[] {
  const seen = new Set<string>();
  return itemsOf(getIn(tree, path)).flatMap((item) => {
    const name = key(item);
    if (name === undefined || !seen.has(name)) {
      if (name !== undefined) seen.add(name);
      return [];
    }
    return [
      {
        at: getIn(item, ['name'])?.at ?? item.at,
        text: `${showPath(path)}: expected each name once, seen “${name}” again`,
      },
    ];
  });
}

function policyKey(item: Tree): string | undefined {
  const name = textOf(getIn(item, ['metadata', 'name']));
  if (name === undefined) return undefined;
  const namespace = textOf(getIn(item, ['metadata', 'namespace']));
  return [textOf(getIn(item, ['kind'])), namespace, name].filter((part) => part !== undefined).join('/');
}

function globalDefaults(tree: Tree): Problem[] {
  const defaults = itemsOf(getIn(tree, ['priorityClasses'])).flatMap((item) => {
    const flag = getIn(item, ['globalDefault']);
    return flag?.kind === 'scalar' && flag.value === true ? [flag] : [];
  });
  return defaults
    .slice(1)
    .map(({ at }) => ({ at, text: 'priorityClasses: expected one globalDefault at most, seen another one' }));
}

function chartProblems(tree: Tree): Problem[] {
  const found = getIn(tree, ['gatekeeper', 'chart', 'ref']);
  const ref = textOf(found);
  if (found === undefined || ref === undefined) return [];
  if (isLocalChart(ref)) {
    return existsSync(ref)
      ? []
      : [{ at: found.at, text: `gatekeeper.chart.ref: expected a chart, seen nothing at ${ref}` }];
  }
  if (ref.startsWith('oci://') || getIn(tree, ['gatekeeper', 'chart', 'repo']) !== undefined) return [];
  return [
    { at: found.at, text: `gatekeeper.chart.repo is missing, expected the address of the repository of "${ref}"` },
  ];
}

function serviceKinds(tree: Tree): Problem[] {
  return itemsOf(getIn(tree, ['workloads', 'services'])).flatMap((item) => {
    const kind = getIn(item, ['kind']);
    const text = textOf(kind);
    if (kind === undefined || text === undefined || SERVICE_KINDS.includes(text)) return [];
    return [{ at: kind.at, text: `workloads.services: expected one of ${SERVICE_KINDS.join(', ')}, seen "${text}"` }];
  });
}

/** Both numbers may come from different files or flags: the message names the place of the other one. */
function tooManyRealPods(tree: Tree): Problem[] {
  const pods = getIn(tree, ['workloads', 'encoding', 'pods']);
  const realPods = getIn(tree, ['workloads', 'encoding', 'realPods']);
  if (pods?.kind !== 'scalar' || realPods?.kind !== 'scalar' || !(Number(realPods.value) > Number(pods.value)))
    return [];
  const limit = `pods, ${pods.value} (${showPlace(pods.at)})`;
  return [{ at: realPods.at, text: `workloads.encoding.realPods: expected at most ${limit}, seen ${realPods.value}` }];
}
