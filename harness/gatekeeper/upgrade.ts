import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { NotSeen } from '../wait.ts';
import { helmInstall } from './helm.ts';
import { gatekeeperPods, imagesOf } from './pods.ts';
import { rolledOut } from './rollout.ts';

export interface UpgradeParts {
  handle: ClusterHandle;
  profile: Profile;
  admin: KubeClient;
  journal: Journal;
  runId: string;
  signal: AbortSignal;
}

/**
 * `helm upgrade` of the gatekeeper to the profile's `gatekeeper.upgradeTo`, watched until every pod is a new one. In the
 * journal: `upgrade.started`, `upgrade.applied` when helm is done, `upgrade.rolled-out` with the images that run then.
 * An upgrade that helm or the cluster refuses is a finding, not a fault of the run: `upgrade.refused`, and NotSeen.
 */
export async function upgradeGatekeeper(p: UpgradeParts, withinSeconds: number): Promise<void> {
  const { handle, profile, admin, journal, runId, signal } = p;
  const { upgradeTo, kyverno } = profile.gatekeeper;
  if (upgradeTo === undefined) {
    throw new FalldownError({
      code: 'UPGRADE_TO_WHAT',
      kind: 'usage',
      what: 'the profile does not say what the gatekeeper is upgraded to',
      on: `gatekeeper.upgradeTo of profile ${profile.name}`,
      next: '--set gatekeeper.upgradeTo.kyverno=VERSION, or --profile upgrade',
    });
  }
  const mark = (name: string, data?: Record<string, string | number>) =>
    journal.append({ type: 'mark', name, ...(data === undefined ? {} : { data }) });
  mark('upgrade.started', { from: kyverno, to: upgradeTo.kyverno });
  const { chart: _, ...before } = profile.gatekeeper;
  await helmInstall(
    handle,
    { ...before, ...upgradeTo, values: upgradeTo.values ?? before.values },
    runId,
    signal,
  ).catch((error: unknown) => {
    if (!(error instanceof FalldownError) || error.code !== 'HELM_FAILED') throw error;
    mark('upgrade.refused', { message: error.failure.seen ?? error.message });
    throw new NotSeen({
      code: 'NOT_SEEN',
      kind: 'infrastructure',
      what: 'the upgrade was refused',
      on: error.failure.on,
      seen: error.failure.seen,
    });
  });
  mark('upgrade.applied');
  await rolledOut(admin, signal, withinSeconds);
  mark('upgrade.rolled-out', { images: imagesOf(await gatekeeperPods(admin)).join(', ') });
}
