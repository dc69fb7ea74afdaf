import type { ClusterHandle } from '../../clusters/providers/provider.ts';
import { currentShape } from '../gatekeeper/gatekeeper.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { inspectGatekeeper } from '../gatekeeper/inspect.ts';
import type { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';
import { credentialsFrom } from '../kube/credentials.ts';
import { sampleHarness } from '../observe/harness-sampler.ts';
import type { Live } from '../observe/live.ts';
import { watchObjects } from '../observe/objects.ts';
import { probeEnforcement, probeExposure } from '../observe/prober.ts';
import { followProcessLog } from '../observe/process-log.ts';
import { Person } from '../people/person.ts';
import { startApiSampling } from './api-sampling.ts';
import { clusterName } from './cluster-name.ts';
import type { RunRequest } from './execute.ts';
import type { Ledger } from './ledger.ts';
import { furnish, provision } from './provision.ts';
import type { Teardown } from './teardown.ts';
import type { WorldParts } from './world.ts';

export interface Preparation extends RunRequest {
  runId: string;
  /** Folder for the logs of a cluster that does not come up. */
  logsTo: string;
  journal: Journal;
  live: Live;
  ledger: Ledger;
  teardown: Teardown;
}

/** Provisions the cluster, installs the gatekeeper, and starts every observer; each is torn down in reverse. */
export async function prepare(p: Preparation): Promise<WorldParts> {
  const { profile, runId, journal, live, signal, progress } = p;
  const handle = await provision({ ...p, name: clusterName(runId) });
  journal.append({ type: 'mark', name: 'toolchain.ready', data: { seconds: p.toolchainSeconds } });
  const base = await credentialsFrom(handle.kubeconfig);
  const admin = client(p, new KubeClient(base, { actor: 'harness', connections: 16 }));

  const installing = progress.step('gatekeeper');
  await observe(p, handle, new KubeClient(base, { actor: 'observer', connections: 16 }));
  const people = await furnish({ handle, profile, admin, base, runId, signal, gatekeeper: true });
  const persons = new Map<string, Person>();
  for (const [name, credentials] of people) {
    const person = new Person(name, credentials, journal);
    client(p, person.client);
    persons.set(name, person);
  }
  const gatekeeper = await inspectGatekeeper(admin, profile.gatekeeper.kyverno);
  journal.append({
    type: 'cluster.ready',
    provider: handle.provider,
    name: handle.name,
    kubernetesVersion: handle.kubernetesVersion,
    nodes: handle.nodes.length,
    fakeNodes: handle.fakeNodes,
    gatekeeper: { ...gatekeeper, namespace: KYVERNO_NAMESPACE },
    shape: await currentShape(admin),
    seconds: journal.now(),
  });
  installing(`Kyverno ${gatekeeper.version} enforces: ${gatekeeper.replicas} replica, priority ${gatekeeper.priority}`);
  startProbes(p, persons);
  await startApiSampling({ ...p, admin, base });
  return { handle, profile, safeguards: p.safeguards, admin, people: persons, journal, live, runId, signal };
}

async function observe(p: Preparation, handle: ClusterHandle, watcher: KubeClient): Promise<void> {
  const { journal, teardown } = p;
  const stop = new AbortController();
  client(p, watcher);
  teardown.push('watches', () => stop.abort());
  teardown.push('harness sampler', sampleHarness(journal));
  if (handle.processLog !== undefined) teardown.push('process log', followProcessLog(handle.processLog, journal));
  const signal = AbortSignal.any([stop.signal, p.signal]);
  await watchObjects(watcher, journal, signal);
  // Not waited for: the nodes may still be joining, and what is not in sight yet is in the journal as such.
  void handle.watchProcesses?.((line, at) => journal.append(line, at), signal);
}

/** Probes go over connections and accounts of their own: neither the watches nor the people wait for them. */
function startProbes(p: Preparation, people: Map<string, Person>): void {
  const { profile, runId, journal, teardown } = p;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, p.signal]);
  const user = people.get('batch-user');
  if (user === undefined) throw new Error('the profile needs an identity "batch-user" that may create pods');
  const prober = (actor: string) => client(p, new KubeClient(user.credentials, { actor, connections: 32 }));
  const probes = [
    probeExposure(prober('prober'), profile, runId, journal, signal),
    probeEnforcement(prober('enforcement-prober'), profile, runId, journal, signal),
  ];
  teardown.push('probes', async () => {
    stop.abort();
    await Promise.allSettled(probes);
  });
}

/** Clients are closed after everything that uses them has stopped. */
function client(p: Preparation, made: KubeClient): KubeClient {
  p.teardown.push(`connections of ${made.actor}`, () => made.close());
  return made;
}
