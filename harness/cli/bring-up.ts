import { join } from 'node:path';
import type { ClusterHandle, ClusterProvider, Profile, Progress } from '../../clusters/providers/provider.ts';
import { reasonOf } from '../errors.ts';
import { KubeClient } from '../kube/client.ts';
import { credentialsFrom } from '../kube/credentials.ts';
import { writeKubeconfigs } from '../kube/write-kubeconfigs.ts';
import { clusterDir } from '../paths.ts';
import { clusterName } from '../run/cluster-name.ts';
import { newRunId } from '../run/folder.ts';
import { Ledger } from '../run/ledger.ts';
import { furnish, provision } from '../run/provision.ts';
import { Teardown } from '../run/teardown.ts';

export interface UpRequest {
  provider: ClusterProvider;
  profile: Profile;
  /** Without it, one is made up. */
  name: string | undefined;
  gatekeeper: boolean;
  progress: Progress;
  signal: AbortSignal;
}

export interface UpResult {
  handle: ClusterHandle;
  /** Identity → path of its kubeconfig. */
  identities: Map<string, string>;
}

/**
 * Makes a cluster that outlives this process. What fails or is interrupted on the way removes what was made.
 * Throws CLUSTER_EXISTS, what the provider throws, or CLEANUP_INCOMPLETE.
 */
export async function bringUp(request: UpRequest): Promise<UpResult> {
  const { provider, profile, gatekeeper, progress, signal } = request;
  await provider.prepare(profile, progress, signal);
  const runId = newRunId('up');
  const name = request.name ?? clusterName(runId);
  const ledger = Ledger.open(runId, 'up', undefined);
  const teardown = new Teardown();
  try {
    // Not to be kept yet: until it is whole, whatever happens removes it.
    const handle = await provision({ provider, name, profile, runId, keep: false, ledger, teardown, progress, signal });
    const base = await credentialsFrom(handle.kubeconfig);
    const admin = new KubeClient(base, { actor: 'harness', connections: 16 });
    teardown.push('connections', () => admin.close());
    const furnishing = progress.step(gatekeeper ? 'gatekeeper' : 'identities');
    const people = await furnish({ handle, profile, admin, base, runId, signal, gatekeeper });
    const identities = await writeKubeconfigs(join(clusterDir(name), 'identities'), name, people);
    furnishing(gatekeeper ? `Kyverno ${profile.gatekeeper.kyverno} enforces` : undefined);
    signal.throwIfAborted();
    ledger.keep();
    await admin.close();
    return { handle, identities };
  } catch (error) {
    await removeWhatWasMade(ledger, teardown, progress, provider.cleanupSeconds).catch((incomplete: unknown) => {
      progress.say(reasonOf(error));
      throw incomplete;
    });
    throw error;
  } finally {
    ledger.close();
  }
}

async function removeWhatWasMade(
  ledger: Ledger,
  teardown: Teardown,
  progress: Progress,
  budgetSeconds: number,
): Promise<void> {
  const done = ledger.file.resources.length > 0 ? progress.step('clean up') : () => undefined;
  await teardown.run(budgetSeconds);
  done();
}
