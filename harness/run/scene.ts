import type { ClusterHandle } from '../../clusters/providers/provider.ts';
import { currentShape } from '../gatekeeper/gatekeeper.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { inspectGatekeeper } from '../gatekeeper/inspect.ts';
import type { ClusterReady } from '../journal/events.ts';
import { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { sampleHarness } from '../observe/harness-sampler.ts';
import type { Monitoring } from '../observe/metrics/monitoring.ts';
import { watchObjects } from '../observe/objects.ts';
import { probeAdmission, probeExposure } from '../observe/prober.ts';
import { followProcessLog } from '../observe/process-log.ts';
import { metricsClient, sampleScheduler } from '../observe/scheduler-metrics.ts';
import { Person } from '../people/person.ts';
import { startApiSampling } from './api-sampling.ts';
import { Teardown } from './teardown.ts';
import type { WorldParts } from './world.ts';

/** What closing all watches, probes and connections may take, in seconds. */
const CLOSING_SECONDS = 10;

type Surroundings = Pick<WorldParts, 'profile' | 'safeguards' | 'journal' | 'live' | 'runId' | 'signal'> & {
  handle: ClusterHandle;
  /** Reaches the API server as its admin. */
  base: Credentials;
  admin: KubeClient;
};

/**
 * Everything around a cluster that is bound to one journal: watches, probes, people and their connections. A cluster
 * that was put back to a checkpoint needs a new one, as no watch and no connection survives that.
 */
export class Scene {
  readonly #around: Surroundings;
  readonly #teardown = new Teardown();
  readonly #people = new Map<string, Person>();
  /** The Prometheus beside the run, once it is there. */
  monitoring: Monitoring | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#client(around.admin);
  }

  /** Watches everything; resolves when every first list is in the journal. */
  async observe(): Promise<void> {
    const { handle, base, profile, journal, signal } = this.#around;
    const stop = new AbortController();
    const watcher = this.#client(new KubeClient(base, { actor: 'observer', connections: 16 }));
    this.#teardown.push('watches', () => stop.abort());
    this.#teardown.push('harness sampler', sampleHarness(journal));
    if (handle.processLog !== undefined) {
      this.#teardown.push('process log', followProcessLog(handle.processLog, journal));
    }
    const { schedulerPerSecond } = profile.sampler;
    const scheduler = handle.scrapes?.find(({ job }) => job === 'kube-scheduler');
    if (scheduler !== undefined && schedulerPerSecond > 0) {
      const scraper = this.#client(metricsClient(scheduler));
      this.#teardown.push('scheduler metrics', sampleScheduler(scraper, schedulerPerSecond, journal));
    }
    const until = AbortSignal.any([stop.signal, signal]);
    await watchObjects(watcher, journal, until);
    // Not waited for: the nodes may still be joining, and what is not in sight yet is in the journal as such.
    void handle.watchProcesses?.((line, at) => journal.append(line, at), until);
  }

  /** Lets the people in, writes down what the cluster is (`cluster.ready`), and starts the probes. */
  async populate(people: ReadonlyMap<string, Credentials>): Promise<ClusterReady['gatekeeper']> {
    const { handle, admin, profile, journal } = this.#around;
    for (const [name, credentials] of people) {
      const person = new Person(name, credentials, journal);
      this.#client(person.client);
      this.#people.set(name, person);
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
    this.#startProbes();
    return gatekeeper;
  }

  /** Times requests as a user sees them. Not in a cell: what it needs cannot be made in a deadlock. */
  async sampleApi(): Promise<void> {
    await startApiSampling({ ...this.#around, teardown: this.#teardown });
  }

  /** What a World is made of. */
  get parts(): WorldParts {
    const { handle, profile, safeguards, admin, journal, live, runId, signal } = this.#around;
    const people = this.#people;
    const teardown = this.#teardown;
    const { monitoring } = this;
    return { handle, profile, safeguards, admin, people, journal, live, runId, signal, teardown, monitoring };
  }

  /** Stops all of it, in reverse; safe to call twice. From then on the journal sees nothing of the cluster, and says so. */
  close(): Promise<void> {
    return this.#teardown.run(CLOSING_SECONDS);
  }

  /** Probes go over connections and accounts of their own: neither the watches nor the people wait for them. */
  #startProbes(): void {
    const { handle, profile, runId, journal } = this.#around;
    const stop = new AbortController();
    const probing = { profile, runId, journal, signal: AbortSignal.any([stop.signal, this.#around.signal]) };
    const user = this.#people.get('batch-user');
    if (user === undefined) throw new Error('the profile needs an identity "batch-user" that may create pods');
    const prober = (actor: string) => this.#client(new KubeClient(user.credentials, { actor, connections: 32 }));
    const probes = [
      probeExposure({ ...probing, client: prober('prober'), fakeNodes: handle.fakeNodes > 0 }),
      probeAdmission({ ...probing, client: prober('enforcement-prober') }),
    ];
    this.#teardown.push('probes', async () => {
      stop.abort();
      await Promise.allSettled(probes);
    });
  }

  /** Clients are closed after everything that uses them has stopped. */
  #client(made: KubeClient): KubeClient {
    this.#teardown.push(`connections of ${made.actor}`, () => made.close());
    return made;
  }
}
