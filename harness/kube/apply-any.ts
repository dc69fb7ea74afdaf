import { reasonOf } from '../errors.ts';
import type { KubeClient } from './client.ts';
import { type KubeObject, objectName } from './object.ts';

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/** Path of an object of any kind, as the server's discovery says. */
export async function pathOfObject(client: KubeClient, object: KubeObject, signal?: AbortSignal): Promise<string> {
  const version = object.apiVersion ?? 'v1';
  const base = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const { resources } = await client.get<ResourceList>(base, { signal });
  const resource = resources.find((r) => r.kind === object.kind && !r.name.includes('/'));
  if (resource === undefined) throw new Error(`the server knows no kind "${object.kind}" in ${version}`);
  const scope = resource.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  return `${base}${scope}/${resource.name}/${object.metadata.name}`;
}

/** Server-side applies an object of any kind, as `kubectl apply --server-side` does. */
export async function applyAny(client: KubeClient, object: KubeObject, signal?: AbortSignal): Promise<KubeObject> {
  const path = await pathOfObject(client, object, signal);
  try {
    return await client.apply(path, object, { signal });
  } catch (cause) {
    throw new Error(`${objectName(object.kind ?? '?', object.metadata)}: ${reasonOf(cause)}`, { cause });
  }
}
