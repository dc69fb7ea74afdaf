import type { z } from 'zod';
import { hint } from './did-you-mean.ts';
import type { Loading } from './files.ts';
import { parseYaml } from './parse.ts';
import { allPaths, stepInto } from './schema-fields.ts';
import { getIn, type Place, setIn, type Tree } from './tree.ts';

/** Fields that are resolved before flags apply, and what does the same on the command line. */
const FLAG_INSTEAD: Record<string, string> = {
  extends: '--profile',
  priorityClassFiles: '--priority-classes',
  workloadFiles: '--workloads',
  'gatekeeper.valuesFiles': '--kyverno-values',
  'gatekeeper.policyFiles': '--policies',
};

/**
 * `a.b=c` over a profile: the value is YAML (null, true, 5, text, [a, b]), a dot inside a key is written `\.`, an element
 * of a list `[0]`. A field that the schema does not know is a problem and changes nothing.
 */
export function applySet(loading: Loading, tree: Tree, assignment: string, schema: z.ZodType): Tree {
  const at: Place = { file: `--set ${assignment}` };
  const complain = (text: string): Tree => {
    loading.problems.push({ at, text });
    return tree;
  };
  const equals = assignment.indexOf('=');
  if (equals < 1) return complain('expected field=value, such as workloads.encoding.pods=500');
  const written = assignment.slice(0, equals);
  const path = splitPath(written);
  const instead = FLAG_INSTEAD[path.join('.')];
  if (instead !== undefined) return complain(`“${written}” cannot be set, expected ${instead} instead`);

  let step: z.ZodType | undefined = schema;
  for (const [depth, key] of path.entries()) {
    const found = stepInto(step, key);
    const here = path.slice(0, depth);
    if (found.kind === 'unknown') {
      const inside = here.length === 0 ? '' : ` in ${here.join('.')}`;
      if (found.known.length === 0)
        return complain(
          `there is no field “${key}”${inside}, expected a value right there (a dot inside a key is \\., in quotes for the shell)`,
        );
      return complain(
        `unknown field “${key}”${inside}, expected one of ${found.known.join(', ')}${suggest(path, depth, found.known, schema)}`,
      );
    }
    const parent = getIn(tree, here);
    if (parent?.kind === 'list' && getIn(parent, [key]) === undefined) {
      return complain(`${here.join('.')} has no element “${key}”, expected a number below ${parent.items.length}`);
    }
    if (found.kind === 'item' && parent === undefined)
      return complain(`${here.join('.')} has no elements, expected a whole list`);
    step = found.schema;
  }
  const values = parseYaml(assignment.slice(equals + 1), at.file, loading.problems, at);
  return setIn(tree, path, values[0] ?? { kind: 'scalar', at, value: null });
}

/** The path with the wrong word replaced, or the full paths of the fields that bear the last word. */
function suggest(path: readonly string[], depth: number, known: readonly string[], schema: z.ZodType): string {
  const near = hint(path[depth] ?? '', known);
  if (near !== '') return near;
  const deeper = allPaths(schema).filter((candidate) => candidate.endsWith(`.${path.at(-1)}`));
  return deeper.length === 0 ? '' : ` (did you mean ${deeper.map((candidate) => `“${candidate}”`).join(' or ')}?)`;
}

function splitPath(written: string): string[] {
  return written
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split(/(?<!\\)\./)
    .map((key) => key.replaceAll('\\.', '.'));
}
