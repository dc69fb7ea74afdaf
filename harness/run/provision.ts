import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterHandle, ClusterProvider, Profile, Progress } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import { withFileLock } from '../file-lock.ts';
import { installGatekeeper } from '../gatekeeper/gatekeeper.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { applyAny } from '../kube/apply-any.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { createIdentities } from '../kube/identities.ts';
import { ensureNamespace } from '../kube/namespaces.ts';
import type { KubeObject } from '../kube/object.ts';
import { applyPriorityClasses } from '../kube/priority-classes.ts';
import { runLabels } from '../labels.ts';
import { EXPOSURE_NAMESPACE, namespacesOf } from '../namespaces.ts';
import { clusterDir, PROVIDER_FILE, stateDir } from '../paths.ts';
import { type Ledger, type Resource, readLedgers } from './ledger.ts';
import type { Teardown } from './teardown.ts';

export interface Provisioning {
  provider: ClusterProvider;
  /** Name of the cluster to make. */
  name: string;
  profile: Profile;
  runId: string;
  /** Leave the cluster when the work ends by itself. */
  keep: boolean;
  ledger: Ledger;
  teardown: Teardown;
  progress: Progress;
  signal: AbortSignal;
  /** Folder for the logs of a cluster that does not come up. */
  logsTo?: string | undefined;
  /** Group of users whose requests are audited, where the provider can. */
  auditGroup?: string | undefined;
}

/** Makes a cluster: recorded before it is made, crossed out after it is gone. Throws CLUSTER_EXISTS. */
export async function provision(p: Provisioning): Promise<ClusterHandle> {
  const { provider, name, profile, runId, ledger, teardown, progress, signal } = p;
  const resource: Resource = { kind: 'cluster', provider: provider.name, name };
  // Under a lock, or two that choose the same name at once would both find it free.
  await withFileLock(
    join(stateDir(), 'names.lock'),
    async () => {
      refuseTaken(name);
      ledger.record(resource);
    },
    { signal },
  );
  teardown.push(`cluster ${name}`, async () => {
    // Only now: what a crash leaves half-made is nothing to keep, so a plain `cleanup` must take it.
    if (p.keep && !signal.aborted) return ledger.keep();
    await provider.down(name);
    ledger.forget(resource);
  });
  // For whoever finds the folder when the ledger is gone: each kind of cluster is removed in its own way.
  await mkdir(clusterDir(name), { recursive: true, mode: 0o700 });
  await writeFile(join(clusterDir(name), PROVIDER_FILE), provider.name);
  const { logsTo, auditGroup } = p;
  return provider.up({ name, profile, runId, progress, signal, logsTo, auditGroup });
}

function refuseTaken(name: string): void {
  const owner = readLedgers().find((file) => file.resources.some((r) => r.kind === 'cluster' && r.name === name));
  if (owner === undefined && !existsSync(clusterDir(name))) return;
  throw new FalldownError({
    code: 'CLUSTER_EXISTS',
    kind: 'usage',
    what: 'there is a cluster of this name already',
    on: name,
    seen: owner === undefined ? `a folder that nothing mentions: ${clusterDir(name)}` : `made by ${owner.title}`,
    next: `take another name, or remove it: ${owner === undefined ? 'falldown cleanup' : `falldown down ${name}`}`,
  });
}

export interface Furnishing {
  handle: ClusterHandle;
  profile: Profile;
  admin: KubeClient;
  /** Reaches the API server as its admin; the identities' credentials are derived from it. */
  base: Credentials;
  runId: string;
  signal: AbortSignal;
  /** False: everything but the gatekeeper. */
  gatekeeper: boolean;
}

/**
 * Puts what the profile says into a bare cluster: namespaces, priority classes, identities, and a gatekeeper that
 * enforces on return. Returns the credentials of each identity by name.
 */
export async function furnish(f: Furnishing): Promise<Map<string, Credentials>> {
  const { profile, admin, base, runId, signal } = f;
  // The gatekeeper's is labelled as ours too: helm would make it, and nobody could tell whose it is.
  const namespaces = [...namespacesOf(profile), ...(f.gatekeeper ? [KYVERNO_NAMESPACE] : [])];
  const people = createIdentities(admin, base, profile, runId);
  // Its failure is told below, in its turn; until then it must not count as unhandled.
  people.catch(() => undefined);
  await Promise.all([
    ...namespaces.map((name) => ensureNamespace(admin, name, runId)),
    applyPriorityClasses(admin, profile.priorityClasses, runId),
  ]);
  for (const object of profile.objects) await applyAny(admin, labelled(object as unknown as KubeObject, runId), signal);
  // Its nodes may still be joining: the gatekeeper's pods wait for them, as all pods do.
  await Promise.all([f.handle.settled, f.gatekeeper ? installGatekeeper(f, EXPOSURE_NAMESPACE) : undefined]);
  signal.throwIfAborted();
  return people;
}

/** The object with the label of the run that made it. */
function labelled(object: KubeObject, runId: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...runLabels(runId) } } };
}
