import { type Loading, readDocuments, yamlFiles } from './files.ts';
import { showValue } from './problems.ts';
import { getIn, itemsOf, type MapTree, merge, type Place, placeOf, setIn, type Tree, textOf, without } from './tree.ts';

const POLICY_KINDS: Record<string, RegExp> = {
  'kyverno.io': /^(?:(?:Cluster)?(?:Cleanup)?Policy|PolicyException|GlobalContextEntry)$/,
  'policies.kyverno.io':
    /^(?:(?:Namespaced)?(?:Validating|ImageValidating|Mutating|Generating|Deleting)Policy|PolicyException)$/,
};

/** The Kyverno policies of a file or folder; any other kind in it is a problem. */
export function readPolicies(loading: Loading, path: string, from: string, namedAt?: Place): Tree[] {
  const files = yamlFiles(loading, path, from, namedAt);
  const before = loading.problems.length;
  const policies: Tree[] = [];
  for (const object of files.flatMap((file) => readObjects(loading, file, from))) {
    const group = textOf(object.fields.get('apiVersion'))?.split('/')[0] ?? '';
    const kind = textOf(object.fields.get('kind')) ?? '';
    if (POLICY_KINDS[group]?.test(kind)) {
      policies.push(asWritten(object));
    } else {
      const text = `expected a Kyverno policy (group kyverno.io or policies.kyverno.io), seen ${kindOf(object)}`;
      loading.problems.push({ at: placeOf(object, ['kind']), text });
    }
  }
  if (policies.length === 0 && loading.problems.length === before) {
    loading.problems.push({ at: namedAt ?? { file: path }, text: `expected Kyverno policies in ${path}, seen none` });
  }
  return policies;
}

/** Kubernetes PriorityClasses of a file, in the shape that a profile gives them. */
export function readPriorityClasses(loading: Loading, path: string, from: string, namedAt?: Place): Tree[] {
  const before = loading.problems.length;
  const classes = yamlFiles(loading, path, from, namedAt)
    .flatMap((file) => readObjects(loading, file, from))
    .flatMap((object) => asPriorityClass(loading, object));
  if (classes.length === 0 && loading.problems.length === before) {
    loading.problems.push({ at: namedAt ?? { file: path }, text: `expected PriorityClasses in ${path}, seen none` });
  }
  return classes;
}

/** Kinds of `workloads.services`. */
export const SERVICE_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
/** Kinds that decide with them who is evicted, and go to `objects`. */
const LIMIT_KINDS: readonly string[] = ['PodDisruptionBudget', 'ResourceQuota'];

/** A cluster's workloads, and what limits them, from files as `kubectl get deploy,sts,ds,pdb,quota -A -o yaml` prints them. */
export function readWorkloads(loading: Loading, path: string, from: string, namedAt?: Place) {
  const before = loading.problems.length;
  const services: Tree[] = [];
  const objects: Tree[] = [];
  for (const object of yamlFiles(loading, path, from, namedAt).flatMap((file) => readObjects(loading, file, from))) {
    const kind = textOf(object.fields.get('kind')) ?? '';
    if (SERVICE_KINDS.includes(kind)) services.push(asWritten(object));
    else if (LIMIT_KINDS.includes(kind)) objects.push(asWritten(object));
    else {
      const text = `expected one of ${[...SERVICE_KINDS, ...LIMIT_KINDS].join(', ')}, seen ${kindOf(object)}`;
      loading.problems.push({ at: placeOf(object, ['kind']), text });
    }
  }
  if (services.length === 0 && loading.problems.length === before) {
    loading.problems.push({ at: namedAt ?? { file: path }, text: `expected workloads in ${path}, seen none` });
  }
  return { services, objects };
}

/** `over` over `base`: a class of the same name is replaced, the others are added. */
export function mergeByName(base: Tree | undefined, over: readonly Tree[]): Tree | undefined {
  const first = over[0];
  if (first === undefined) return base;
  const name = (tree: Tree) => textOf(getIn(tree, ['name']));
  const kept = itemsOf(base).filter((old) => !over.some((fresh) => name(fresh) === name(old)));
  return { kind: 'list', at: base?.at ?? first.at, items: [...kept, ...over] };
}

function asPriorityClass(loading: Loading, object: MapTree): Tree[] {
  const version = textOf(object.fields.get('apiVersion')) ?? '';
  if (version !== 'scheduling.k8s.io/v1' || textOf(object.fields.get('kind')) !== 'PriorityClass') {
    const text = `expected a PriorityClass of scheduling.k8s.io/v1, seen ${kindOf(object)}`;
    loading.problems.push({ at: placeOf(object, ['kind']), text });
    return [];
  }
  const name = getIn(object, ['metadata', 'name']);
  // Every cluster has these two: `kubectl get priorityclasses -o yaml` lists them among the others.
  if (name !== undefined && SYSTEM_CLASSES.includes(textOf(name) ?? '')) return [];
  let spec: Tree = without(object, 'apiVersion', 'kind', 'metadata');
  if (name !== undefined) spec = setIn(spec, ['name'], name);
  const team = getIn(object, ['metadata', 'labels', 'team']);
  return [team === undefined ? spec : setIn(spec, ['team'], team)];
}

/** Classes that Kubernetes itself makes. */
export const SYSTEM_CLASSES: readonly string[] = ['system-cluster-critical', 'system-node-critical'];

/** The objects of a file; the items of a `kind: List`, as `kubectl get -o yaml` prints it, one by one. */
function readObjects(loading: Loading, path: string, from: string): MapTree[] {
  return readDocuments(loading, path, from)
    .flatMap((document) =>
      textOf(getIn(document, ['kind'])) === 'List' ? itemsOf(getIn(document, ['items'])) : [document],
    )
    .flatMap((object) => {
      if (object.kind === 'map') return [object];
      loading.problems.push({ at: object.at, text: `expected a Kubernetes object, seen ${showValue(object)}` });
      return [];
    });
}

/** Without what the API server adds: an object copied from a cluster could not be created in another one. */
function asWritten(object: MapTree): Tree {
  const spec = without(object, 'status');
  const metadata = getIn(object, ['metadata']);
  if (metadata === undefined) return spec;
  const own = without(
    metadata,
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'managedFields',
    'selfLink',
  );
  return setIn(spec, ['metadata'], own);
}

function kindOf(object: MapTree): string {
  const version = textOf(object.fields.get('apiVersion'));
  const kind = textOf(object.fields.get('kind'));
  return version === undefined || kind === undefined ? 'no apiVersion and kind' : `${version} ${kind}`;
}

/** helm values files, merged in order. */
export function readValues(loading: Loading, path: string, from: string, namedAt?: Place): Tree | undefined {
  let values: Tree | undefined;
  for (const document of readDocuments(loading, path, from, namedAt)) {
    if (values !== undefined) {
      loading.problems.push({ at: document.at, text: 'expected one document in a values file, seen another one' });
    } else if (document.kind === 'map') {
      values = withoutBanner(loading, document);
    } else {
      loading.problems.push({ at: document.at, text: `expected helm values, a map, seen ${showValue(document)}` });
    }
  }
  return values;
}

/** `helm get values` without `-o yaml` prints a title that parses as one more key. */
function withoutBanner(loading: Loading, values: MapTree): MapTree {
  const banner = ['USER-SUPPLIED VALUES', 'COMPUTED VALUES'].find((title) => values.fields.has(title));
  if (banner === undefined) return values;
  const text = `“${banner}:” is a title that helm printed, expected values alone; use helm get values -o yaml`;
  loading.problems.push({ at: values.fields.get(banner)?.keyAt ?? values.at, text });
  return without(values, banner);
}

/** Values files merged in order, under `inline`. */
export function mergeValues(files: readonly (Tree | undefined)[], inline?: Tree): Tree | undefined {
  const all = [...files, inline].filter((tree) => tree !== undefined);
  return all.length === 0 ? undefined : all.reduce((base, over) => merge(base, over));
}
