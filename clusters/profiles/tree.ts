/** A place in a file (1-based line and column), or a command-line flag (no line). */
export interface Place {
  file: string;
  line?: number;
  col?: number;
}

interface Located {
  /** Where the value stands. */
  at: Place;
  /** Where its key stands, when it is a field of a map. */
  keyAt?: Place;
}
export type MapTree = Located & { kind: 'map'; fields: ReadonlyMap<string, Tree> };
export type ListTree = Located & { kind: 'list'; items: readonly Tree[] };
export type ScalarTree = Located & { kind: 'scalar'; value: unknown };

/**
 * A YAML value in which everything knows where it was written. Merging keeps the places, so a problem found in a merged
 * profile still points at the file that caused it. Trees are never changed in place.
 */
export type Tree = MapTree | ListTree | ScalarTree;

export type Path = readonly PropertyKey[];

/** `over` over `base`: maps merge field by field; lists and scalars, null included, replace what was there. */
export function merge(base: Tree | undefined, over: Tree): Tree {
  if (base?.kind !== 'map' || over.kind !== 'map') return over;
  const fields = new Map(base.fields);
  for (const [key, value] of over.fields) fields.set(key, merge(base.fields.get(key), value));
  return { ...over, fields };
}

/** The tree at a path, or undefined. */
export function getIn(tree: Tree | undefined, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>((node, key) => childOf(node, key), tree);
}

/** A copy with `value` at the path; maps are made on the way where nothing or a scalar stood. */
export function setIn(tree: Tree | undefined, path: Path, value: Tree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (tree?.kind === 'list') {
    return { ...tree, items: tree.items.map((item, i) => (i === Number(key) ? setIn(item, rest, value) : item)) };
  }
  const parent: MapTree = tree?.kind === 'map' ? tree : { kind: 'map', at: value.at, fields: new Map() };
  return { ...parent, fields: new Map(parent.fields).set(String(key), setIn(childOf(parent, key), rest, value)) };
}

/** A copy of a map without some of its fields. */
export function without<T extends Tree | undefined>(tree: T, ...keys: string[]): T {
  if (tree?.kind !== 'map') return tree;
  return { ...tree, fields: new Map([...tree.fields].filter(([key]) => !keys.includes(key))) };
}

/** The text of a string scalar, or undefined. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : [];
}

/** The value without its places. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'map':
      return Object.fromEntries([...tree.fields].map(([key, value]) => [key, plain(value)]));
    case 'list':
      return tree.items.map(plain);
    case 'scalar':
      return tree.value;
  }
}

/** The place of the value at a path; where nothing stands there, the place of the nearest thing around it. */
export function placeOf(tree: Tree, path: Path): Place {
  let node = tree;
  for (const key of path) {
    const child = childOf(node, key);
    if (child === undefined) return node.keyAt ?? node.at;
    node = child;
  }
  return node.at;
}

export function showPlace(place: Place): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}:${place.col}`;
}

/** `a.b[0].c` */
export function showPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function childOf(tree: Tree | undefined, key: PropertyKey): Tree | undefined {
  if (tree?.kind === 'map') return tree.fields.get(String(key));
  if (tree?.kind === 'list') return tree.items[Number(key)];
  return undefined;
}
