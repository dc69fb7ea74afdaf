import { crossCheck } from './cross-check.ts';
import { mergeByName } from './manifests.ts';
import { type Problem, problemsOf } from './problems.ts';
import { profileFileSchema } from './schema.ts';
import { getIn, itemsOf, merge, plain, setIn, type Tree, textOf, without } from './tree.ts';

/**
 * What is wrong with the profile's own safeguards: each patch is laid over the profile and has to give a profile again, so
 * that a misspelt field is told at its place. `known` are the problems that the profile has without them.
 */
export function safeguardProblems(tree: Tree, known: readonly Problem[]): Problem[] {
  const bare = without(tree, 'safeguards');
  const told = new Set(known.map(told1));
  return itemsOf(getIn(tree, ['safeguards'])).flatMap((item) => {
    const patch = getIn(item, ['patch']);
    if (patch?.kind !== 'map' || bare === undefined) return [];
    const patched = patchedTree(bare, patch);
    const checked = profileFileSchema.safeParse(plain(patched));
    const found = [
      ...(checked.success ? [] : problemsOf(checked.error.issues, patched, profileFileSchema)),
      ...crossCheck(patched, undefined),
    ];
    return found.filter((problem) => !told.has(told1(problem)));
  });
}

/** As harness/safeguards/patch.ts does it: maps merge, lists replace, classes merge by name, objects are added. */
function patchedTree(tree: Tree, patch: Tree): Tree {
  let whole = merge(without(tree, 'objects'), without(patch, 'priorityClasses', 'objects')) ?? tree;
  const classes = itemsOf(getIn(patch, ['priorityClasses'])).map((over) => {
    const name = textOf(getIn(over, ['name']));
    const base = itemsOf(getIn(tree, ['priorityClasses'])).find((c) => textOf(getIn(c, ['name'])) === name);
    return base === undefined ? over : (merge(base, over) ?? over);
  });
  const merged = mergeByName(getIn(tree, ['priorityClasses']), classes);
  if (merged !== undefined) whole = setIn(whole, ['priorityClasses'], merged);
  const objects = [...itemsOf(getIn(tree, ['objects'])), ...itemsOf(getIn(patch, ['objects']))];
  const [first] = objects;
  return first === undefined ? whole : setIn(whole, ['objects'], { kind: 'list', at: first.at, items: objects });
}

function told1({ at, text }: Problem): string {
  return JSON.stringify([at, text]);
}
