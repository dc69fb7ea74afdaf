import type { Profile } from '../../clusters/providers/provider.ts';
import type { Patch } from './safeguard.ts';

/** The profile with a safeguard's patch over it: maps merge, lists replace, classes merge by name, objects are added. */
export function patched(profile: Profile, patch: Patch): Profile {
  const { gatekeeper = {}, priorityClasses = [], workloads = {}, objects = [] } = patch;
  const fresh = priorityClasses.filter((over) => !profile.priorityClasses.some((c) => c.name === over.name));
  return {
    ...profile,
    gatekeeper: merge(profile.gatekeeper, gatekeeper),
    priorityClasses: [
      ...profile.priorityClasses.map((c) => ({ ...c, ...priorityClasses.find((over) => over.name === c.name) })),
      // A class that is new says its value: the profile's schema has seen to that.
      ...(fresh as Profile['priorityClasses']),
    ],
    workloads: merge(profile.workloads, workloads),
    objects: [...profile.objects, ...objects],
  };
}

/** As helm merges values: maps field by field, everything else replaces; null stays, and removes a chart's default. */
function merge<T>(base: T, over: unknown): T {
  if (!isMap(base) || !isMap(over)) return over as T;
  const fields = Object.entries(over).map(([key, value]) => [key, key in base ? merge(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(fields) } as T;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
