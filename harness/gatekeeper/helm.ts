import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { runCommand } from '../command.ts';
import { runLabels } from '../labels.ts';
import { CLUSTER_MARK } from '../processes.ts';

export const KYVERNO_NAMESPACE = 'kyverno';
const RELEASE = 'kyverno';

/** helm's own limit for one command; an install takes about 4 s on 2 cores. */
const HELM_SECONDS = 120;

/**
 * `helm upgrade --install` of the gatekeeper's chart: the profile's values, what this kind of
 * cluster needs, the run's labels, and `over`, in helm's order (later wins).
 * Throws HELM_FAILED with the command line and helm's own words.
 */
export async function helmInstall(
  handle: ClusterHandle,
  gatekeeper: Profile['gatekeeper'],
  runId: string,
  signal: AbortSignal,
  over: Record<string, unknown> = {},
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'falldown-helm-'));
  try {
    const files: string[] = [];
    const values = [
      gatekeeper.values,
      handle.gatekeeperValues,
      { customLabels: runLabels(runId), admissionController: { podLabels: runLabels(runId, 'gatekeeper') } },
      over,
    ];
    for (const [i, value] of values.entries()) {
      const file = join(dir, `values-${i}.yaml`);
      await writeFile(file, stringify(value));
      files.push(file);
    }
    const chart = await chartArgs(gatekeeper, handle);
    const args = ['upgrade', '--install', RELEASE, ...chart, '--namespace', KYVERNO_NAMESPACE, '--create-namespace'];
    args.push('--kubeconfig', handle.kubeconfig, ...files.flatMap((file) => ['--values', file]));
    // Hook Jobs need images of their own; where only the gatekeeper's binaries exist they would wait for ever.
    if (!handle.capabilities.helmHooks) args.push('--no-hooks');
    await runCommand(handle.tools.helm, args, {
      what: 'helm did not install the gatekeeper’s chart',
      code: 'HELM_FAILED',
      kind: 'setup',
      signal,
      timeoutSeconds: HELM_SECONDS,
      // Marked as the cluster's, so that a crash of ours does not leave it installing.
      env: { [CLUSTER_MARK]: handle.name },
      next: 'check gatekeeper.values of the profile and the files given with --kyverno-values',
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The user's own chart (a folder, or a name in a repository), or the pinned one of this Kyverno version. */
async function chartArgs(gatekeeper: Profile['gatekeeper'], handle: ClusterHandle): Promise<string[]> {
  const { chart } = gatekeeper;
  if (chart === undefined) return [await handle.tools.chart(gatekeeper.kyverno)];
  return [
    chart.ref,
    ...(chart.repo === undefined ? [] : ['--repo', chart.repo]),
    ...(chart.version === undefined ? [] : ['--version', chart.version]),
  ];
}
