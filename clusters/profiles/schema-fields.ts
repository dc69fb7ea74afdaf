import { z } from 'zod';
import type { Path } from './tree.ts';

/** What a schema says about one step of a path. */
export type Step =
  | { kind: 'field' | 'item' | 'free'; schema: z.ZodType | undefined }
  | { kind: 'unknown'; known: string[] };

/** One step down a schema: a field of an object, an item of a list, or `free` where any field may stand. */
export function stepInto(schema: z.ZodType | undefined, key: string): Step {
  const bare = schema === undefined ? undefined : unwrap(schema);
  if (bare instanceof z.ZodObject) {
    const field: unknown = Object.hasOwn(bare.shape, key) ? bare.shape[key] : undefined;
    if (field instanceof z.ZodType) return { kind: 'field', schema: field };
    const loose = bare.def.catchall !== undefined && !(bare.def.catchall instanceof z.ZodNever);
    return loose ? { kind: 'free', schema: undefined } : { kind: 'unknown', known: Object.keys(bare.shape) };
  }
  if (bare instanceof z.ZodArray) return { kind: 'item', schema: asType(bare.element) };
  if (bare instanceof z.ZodRecord) return { kind: 'free', schema: asType(bare.valueType) };
  if (bare === undefined || bare instanceof z.ZodUnknown) return { kind: 'free', schema: undefined };
  return { kind: 'unknown', known: [] };
}

/** Names of the fields that may stand in the object at a path; empty when there is none. */
export function fieldsAt(schema: z.ZodType, path: Path): string[] {
  let here: z.ZodType | undefined = schema;
  for (const key of path) {
    const step = stepInto(here, String(key));
    if (step.kind === 'unknown') return [];
    here = step.schema;
  }
  const bare = here === undefined ? undefined : unwrap(here);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** Dotted paths of every field that is not inside a list. */
export function allPaths(schema: z.ZodType, prefix = ''): string[] {
  const bare = unwrap(schema);
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape).flatMap(([key, field]) => [
    `${prefix}${key}`,
    ...(field instanceof z.ZodType ? allPaths(field, `${prefix}${key}.`) : []),
  ]);
}

/** Defaults and optionality taken off. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(asType(schema.def.innerType) ?? schema);
  }
  return schema;
}

function asType(schema: unknown): z.ZodType | undefined {
  return schema instanceof z.ZodType ? schema : undefined;
}
