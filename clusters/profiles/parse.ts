import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Tags,
} from 'yaml';
import { FalldownError } from '../../harness/errors.ts';
import type { Problem } from './problems.ts';
import { type Place, showPlace, type Tree } from './tree.ts';

/** Aliases in one document. A limit, because an alias can stand inside what it stands for. */
const MAX_ALIASES = 1000;

type PlaceAt = (offset: number) => Place;

/**
 * All documents of a YAML text that hold anything, as trees.
 *
 * Scalars mean what they mean to helm and kubectl, YAML 1.1 without dates and base-60 numbers: an unquoted `no` is false.
 * @param file what to call the text in messages
 * @param problems gets a problem for every key that stands twice in one map
 * @param fixed the place of everything in it, for a value that comes from a flag
 * @throws FalldownError PROFILE_NOT_YAML
 */
export function parseYaml(text: string, file: string, problems: Problem[], fixed?: Place): Tree[] {
  const lineCounter = new LineCounter();
  const placeAt: PlaceAt = (offset) => fixed ?? { file, ...lineCounter.linePos(offset) };
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'yaml-1.1',
    customTags: withoutTimes,
    // Found below instead, where the first of the two can be named.
    uniqueKeys: false,
  });
  if (!Array.isArray(documents)) return [];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    throw new FalldownError({
      code: 'PROFILE_NOT_YAML',
      kind: 'usage',
      what: 'this is not YAML',
      on: file,
      seen: errors.map((error) => `${showPlace(placeAt(error.pos[0]))}: ${error.message}`).join('\n'),
      next: 'correct the first place named; the ones after it may follow from it',
    });
  }
  return documents.flatMap((document) => {
    const { contents } = document;
    const empty = contents === null || (isScalar(contents) && contents.value === null);
    return empty ? [] : [new Builder(document, placeAt, problems).build(contents)];
  });
}

function withoutTimes(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || tag.format === 'TIME'));
}

class Builder {
  readonly #document: Document;
  readonly #placeAt: PlaceAt;
  readonly #problems: Problem[];
  #aliases = 0;

  constructor(document: Document, placeAt: PlaceAt, problems: Problem[]) {
    this.#document = document;
    this.#placeAt = placeAt;
    this.#problems = problems;
  }

  build(node: Node | null): Tree {
    const at = this.#place(node);
    if (isAlias(node)) return this.#alias(node, at);
    if (isMap<Node, Node | null>(node)) return { kind: 'map', at, fields: this.#fields(node.items) };
    if (isSeq<Node | null>(node)) return { kind: 'list', at, items: node.items.map((item) => this.build(item)) };
    return { kind: 'scalar', at, value: isScalar(node) ? node.value : null };
  }

  #alias(alias: Alias, at: Place): Tree {
    const target = alias.resolve(this.#document);
    this.#aliases += 1;
    if (target !== undefined && this.#aliases <= MAX_ALIASES) return this.build(target);
    const seen =
      target === undefined ? `*${alias.source} without an anchor` : `more than ${MAX_ALIASES}, or one inside itself`;
    this.#problems.push({ at, text: `expected aliases that can be resolved, seen ${seen}` });
    return { kind: 'scalar', at, value: null };
  }

  #fields(pairs: { key: Node; value: Node | null }[]): Map<string, Tree> {
    const fields = new Map<string, Tree>();
    for (const { key, value } of pairs) {
      if (isMergeKey(key)) continue;
      const name = isScalar(key) ? String(key.value) : key.toString();
      const keyAt = this.#place(key);
      const first = fields.get(name);
      if (first !== undefined) {
        const text = `the key “${name}” stands twice in this map, expected once; first seen at line ${first.keyAt?.line}`;
        this.#problems.push({ at: keyAt, text });
      }
      const tree = this.build(value);
      // A key without a value has its place; the value's own would be that of whatever comes next.
      fields.set(name, { ...tree, keyAt, at: value === null ? keyAt : tree.at });
    }
    // Merged maps (`<<: *anchor`) fill in what the map does not say itself.
    for (const { value } of pairs.filter(({ key }) => isMergeKey(key))) {
      const merged = this.build(value);
      for (const map of merged.kind === 'list' ? merged.items : [merged]) {
        if (map.kind !== 'map') continue;
        for (const [name, tree] of map.fields) if (!fields.has(name)) fields.set(name, tree);
      }
    }
    return fields;
  }

  #place(node: Node | null): Place {
    return this.#placeAt(node?.range?.[0] ?? 0);
  }
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && (typeof key.value === 'symbol' || (key.value === '<<' && key.type === 'PLAIN'));
}
