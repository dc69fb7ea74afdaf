import { crossCheck } from './cross-check.ts';
import { display, type Loading } from './files.ts';
import { applySet } from './flags.ts';
import { combine, type Layer, readLayers } from './layers.ts';
import { mergeByName, mergeValues, readPolicies, readPriorityClasses, readValues, readWorkloads } from './manifests.ts';
import { type MetricsFiles, withMetricsFiles } from './metrics-files.ts';
import { invalidProfile, problemsOf } from './problems.ts';
import type { Profile } from './profile.ts';
import { safeguardProblems } from './safeguards.ts';
import { profileFileSchema, profileSchema } from './schema.ts';
import { getIn, plain, setIn, type Tree, textOf } from './tree.ts';

export interface LoadOptions extends MetricsFiles {
  /** Name of a built-in profile, or a path. */
  profile: string;
  /** helm values files, merged in order over the profile's values. */
  kyvernoValues?: readonly string[] | undefined;
  /** File or folder of Kyverno policies, instead of the profile's. */
  policies?: string | undefined;
  /** File of Kubernetes PriorityClasses, merged by name over the profile's. */
  priorityClasses?: string | undefined;
  /** File or folder of workloads and their budgets and quotas, instead of the profile's. */
  workloads?: string | undefined;
  /** `a.b=c` over everything else. */
  set?: readonly string[] | undefined;
  /** Segments of the encoding Job: short for `workloads.encoding.pods`. */
  pods?: number | undefined;
  /** Folder that the paths above are relative to; the current one unless said. */
  cwd?: string | undefined;
}

export interface LoadedProfile {
  profile: Profile;
  /** Absolute paths of the files read, in order; a file may come twice. */
  sources: string[];
  /**
   * The gatekeeper's helm values with the safeguards of `restoreWith` over them; undefined without `restoreWith`.
   * Safeguards: what the restoring profile adds to the profiles that this one extends as well.
   */
  restoredValues: Record<string, unknown> | undefined;
}

/**
 * Reads a profile, what it extends and names, and the flags over it.
 * @throws FalldownError PROFILE_INVALID (every problem at once), PROFILE_UNKNOWN, PROFILE_NOT_YAML, FILE_NOT_FOUND
 */
export function loadProfile(options: LoadOptions): LoadedProfile {
  const cwd = options.cwd ?? process.cwd();
  const loading: Loading = { cwd, problems: [], sources: [] };
  const layers = readLayers(loading, options.profile, cwd);
  const written = combine(layers);
  if (written === undefined) throw invalidProfile(options.profile, loading.problems);

  const tree = withFlags(loading, written, options);
  const safeguards = readSafeguards(loading, tree, layers);
  const checked = profileFileSchema.safeParse(plain(tree));
  if (!checked.success) loading.problems.push(...problemsOf(checked.error.issues, tree, profileFileSchema));
  loading.problems.push(...crossCheck(tree, safeguards));
  loading.problems.push(...safeguardProblems(tree, loading.problems));
  if (loading.problems.length > 0) {
    const last = layers.at(-1);
    throw invalidProfile(last === undefined ? options.profile : display(loading, last.path), loading.problems);
  }

  const profile = profileSchema.parse(plain(tree));
  return { profile, sources: loading.sources, restoredValues: restored(tree, safeguards) };
}

function withFlags(loading: Loading, written: Tree, options: LoadOptions): Tree {
  let tree = written;
  const { cwd } = loading;
  const files = (options.kyvernoValues ?? []).map((file) =>
    readValues(loading, file, cwd, { file: '--kyverno-values' }),
  );
  const values = mergeValues([getIn(tree, ['gatekeeper', 'values']), ...files]);
  if (values !== undefined) tree = setIn(tree, ['gatekeeper', 'values'], values);

  if (options.policies !== undefined) {
    const at = { file: '--policies' };
    const items = readPolicies(loading, options.policies, cwd, at);
    tree = setIn(tree, ['gatekeeper', 'policies'], { kind: 'list', at, items });
  }
  if (options.priorityClasses !== undefined) {
    const own = readPriorityClasses(loading, options.priorityClasses, cwd, { file: '--priority-classes' });
    const classes = mergeByName(getIn(tree, ['priorityClasses']), own);
    if (classes !== undefined) tree = setIn(tree, ['priorityClasses'], classes);
  }
  if (options.workloads !== undefined) {
    const at = { file: '--workloads' };
    const { services, objects } = readWorkloads(loading, options.workloads, cwd, at);
    tree = setIn(tree, ['workloads', 'services'], { kind: 'list', at, items: services });
    tree = setIn(tree, ['objects'], { kind: 'list', at, items: objects });
  }
  tree = withMetricsFiles(loading, tree, options);
  for (const assignment of options.set ?? []) tree = applySet(loading, tree, assignment, profileSchema);
  if (options.pods !== undefined) {
    const at = { file: `--pods ${options.pods}` };
    tree = setIn(tree, ['workloads', 'encoding', 'pods'], { kind: 'scalar', at, value: options.pods });
  }
  return tree;
}

/**
 * The helm values of the profile named by `restoreWith`. Layers that the profile itself extends are left out: over the
 * user's own values they would take back what the user changed.
 */
function readSafeguards(loading: Loading, tree: Tree, layers: readonly Layer[]): Tree | undefined {
  const reference = getIn(tree, ['restoreWith']);
  const name = textOf(reference);
  if (reference === undefined || name === undefined) return undefined;
  const restoring = readLayers(loading, name, loading.cwd, reference.at);
  const added = restoring.filter(({ path }) => !layers.some((layer) => layer.path === path));
  const whole = combine(added);
  return getIn(whole, ['gatekeeper', 'values']);
}

function restored(tree: Tree, safeguards: Tree | undefined): Record<string, unknown> | undefined {
  if (getIn(tree, ['restoreWith']) === undefined) return undefined;
  const values = mergeValues([getIn(tree, ['gatekeeper', 'values']), safeguards]);
  return values?.kind === 'map'
    ? Object.fromEntries([...values.fields].map(([key, value]) => [key, plain(value)]))
    : {};
}
