type Tree = Record<string, unknown>;

/** What of `after` is not the same in `before`: the helm values that lead from one to the other, in the shape of helm's. */
export function changedValues(before: Tree, after: Tree): Tree {
  const changed: Tree = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (JSON.stringify(old) === JSON.stringify(value)) continue;
    const part = isTree(value) && isTree(old) ? changedValues(old, value) : value;
    changed[key] = part;
  }
  return changed;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
