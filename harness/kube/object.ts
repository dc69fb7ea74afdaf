/** The part that every Kubernetes object has. Times are ISO 8601 strings, as on the wire. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
}

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface KubeList<T> {
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

/** `Kind/namespace/name`, or `Kind/name` for cluster-scoped objects: how messages and the journal name an object. */
export function objectName(kind: string, meta: { namespace?: string | undefined; name: string }): string {
  return meta.namespace === undefined ? `${kind}/${meta.name}` : `${kind}/${meta.namespace}/${meta.name}`;
}

/**
 * Reads an object with the typed client's types. They say Date where the wire has ISO strings; nothing here reads
 * a time through them.
 */
export function wire<T>(object: KubeObject): T {
  return object as unknown as T;
}
