import type { ClusterHandle } from '../../clusters/providers/provider.ts';
import type { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';
import { type Credentials, credentialsFrom } from '../kube/credentials.ts';
import type { Live } from '../observe/live.ts';
import type { MetricsTools } from '../observe/metrics/monitoring.ts';
import { clusterName } from './cluster-name.ts';
import type { RunRequest } from './execute.ts';
import type { Ledger } from './ledger.ts';
import { furnish, provision } from './provision.ts';
import { Scene } from './scene.ts';
import { startMonitoring } from './start-monitoring.ts';
import type { Teardown } from './teardown.ts';

export interface Preparation extends RunRequest {
  runId: string;
  /** The metrics beside the run: their binaries, and the folder for their data; absent without any. */
  metrics?: { tools: MetricsTools; dir: string };
  /** Folder for the logs of a cluster that does not come up. */
  logsTo: string;
  journal: Journal;
  live: Live;
  ledger: Ledger;
  teardown: Teardown;
  /** Name of the cluster; that of the run unless said. */
  cluster?: string;
}

/** What a preparation takes: a run with an experiment has it all, and so has a game day, which has none. */
export type Preparing = Pick<
  Preparation,
  | 'provider'
  | 'profile'
  | 'safeguards'
  | 'runId'
  | 'keep'
  | 'logsTo'
  | 'journal'
  | 'live'
  | 'ledger'
  | 'teardown'
  | 'signal'
  | 'progress'
  | 'toolchainSeconds'
  | 'cluster'
  | 'metrics'
> & {
  /** Group of users whose requests are audited, where the provider can. */
  auditGroup?: string;
};

/** A cluster that is there, with everybody around it. */
export interface Prepared {
  handle: ClusterHandle;
  scene: Scene;
  /** The identities' credentials by name: they outlive the scene. */
  people: Map<string, Credentials>;
  /** The API server's admin. */
  base: Credentials;
  admin: KubeClient;
}

/** Provisions the cluster, installs the gatekeeper, and starts every observer; each is torn down in reverse. */
export async function prepare(p: Preparing): Promise<Prepared> {
  const { profile, runId, journal, teardown, signal, progress } = p;
  const handle = await provision({ ...p, name: p.cluster ?? clusterName(runId) });
  journal.append({ type: 'mark', name: 'toolchain.ready', data: { seconds: p.toolchainSeconds } });
  const base = await credentialsFrom(handle.kubeconfig);
  const admin = new KubeClient(base, { actor: 'harness', connections: 16 });
  const scene = new Scene({ ...p, handle, base, admin });
  teardown.push('observers', () => scene.close());

  const installing = progress.step('gatekeeper');
  await scene.observe();
  const people = await furnish({ handle, profile, admin, base, runId, signal, gatekeeper: true });
  const gatekeeper = await scene.populate(people);
  await scene.sampleApi();
  installing(`Kyverno ${gatekeeper.version} enforces: ${gatekeeper.replicas} replica, priority ${gatekeeper.priority}`);
  scene.monitoring = await startMonitoring(p, handle, admin);
  return { handle, scene, people, base, admin };
}
