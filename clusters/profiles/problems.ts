import type { z } from 'zod';
import { FalldownError } from '../../harness/errors.ts';
import { hint } from './did-you-mean.ts';
import { fieldsAt } from './schema-fields.ts';
import { getIn, type Path, type Place, placeOf, showPath, showPlace, type Tree } from './tree.ts';

/** Something wrong in a profile, and where it was written. */
export interface Problem {
  at: Place;
  text: string;
}

/** One error for all problems, in the order in which a reader meets them in each file. */
export function invalidProfile(profile: string, problems: readonly Problem[]): FalldownError {
  const sorted = problems.toSorted(
    (a, b) =>
      a.at.file.localeCompare(b.at.file) || (a.at.line ?? 0) - (b.at.line ?? 0) || (a.at.col ?? 0) - (b.at.col ?? 0),
  );
  const lines = new Set(sorted.map(({ at, text }) => `${showPlace(at)}: ${text}`));
  return new FalldownError({
    code: 'PROFILE_INVALID',
    kind: 'usage',
    what: lines.size === 1 ? 'the profile has a problem' : `the profile has ${lines.size} problems`,
    on: profile,
    seen: [...lines].join('\n'),
    next: 'correct each place named; docs/profiles.md describes the fields',
  });
}

/** What zod found, in plain words and with places. `tree` is what was validated against `schema`. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], tree: Tree, schema: z.ZodType): Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownField(tree, schema, issue.path, key));
    }
    const seen = getIn(tree, issue.path);
    const expected = expectedBy(issue);
    const at = placeOf(tree, issue.path);
    const subject = showPath(issue.path) || 'the profile';
    if (seen === undefined) return [{ at, text: `${subject} is missing, expected ${expected}` }];
    // A rule over several fields: showing the map that holds them would say nothing.
    if (issue.code === 'custom') return [{ at, text: `${subject}: expected ${expected}` }];
    const meant =
      issue.code === 'invalid_value' && seen.kind === 'scalar'
        ? hint(String(seen.value), issue.values.map(String))
        : '';
    return [{ at, text: `${subject}: expected ${expected}, seen ${showValue(seen)}${meant}` }];
  });
}

function unknownField(tree: Tree, schema: z.ZodType, path: Path, key: string): Problem {
  const known = fieldsAt(schema, path);
  const inside = path.length === 0 ? '' : ` in ${showPath(path)}`;
  const field = getIn(tree, [...path, key]);
  return {
    at: field?.keyAt ?? placeOf(tree, [...path, key]),
    text: `unknown field “${key}”${inside}, expected one of ${known.join(', ')}${hint(key, known)}`,
  };
}

const NOUNS: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  boolean: 'true or false',
};

/** What would have been right. Leaf schemas carry that phrase as their error message (schema-parts.ts). */
function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NOUNS[issue.expected] ?? issue.message;
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_key':
      return `as key ${issue.issues[0]?.message ?? issue.message}`;
    default:
      return issue.message;
  }
}

/** A value, short enough for one line. */
export function showValue(tree: Tree): string {
  if (tree.kind === 'map') return 'a map';
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : 'a list';
  const text = JSON.stringify(tree.value) ?? String(tree.value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
