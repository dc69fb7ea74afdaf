import { setTimeout as delay } from 'node:timers/promises';
import { apiServerPaused } from '../faults/api-server-paused.ts';
import { apiServerStarved } from '../faults/api-server-starved.ts';
import { etcdPaused } from '../faults/etcd-paused.ts';
import type { Fault } from '../faults/fault.ts';
import { gatekeeperSlow } from '../faults/gatekeeper-slow.ts';
import { processControlOf } from '../faults/process-control-of.ts';
import { stall } from '../faults/stall.ts';
import { stallOne } from '../faults/stall-one.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { KYVERNO_SERVICE } from '../labels.ts';
import { ApiClients } from '../load/api-clients.ts';
import type { FanOut } from '../load/fan-out.ts';
import { Ramp } from '../load/ramp.ts';
import type { Person } from '../people/person.ts';
import { SAFEGUARDS } from '../safeguards/catalogue.ts';
import { installSafeguards } from '../safeguards/install.ts';
import { patched } from '../safeguards/patch.ts';
import { waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** The sampler tells of its requests once a second. */
const TOLD_EVERY_SECONDS = 1.5;
/** Longer than the sampler itself waits for an answer. */
const CALM_WITHIN_SECONDS = 100;
/** Kyverno restarts when its database was away, and waits out a lease of 12 s. */
const ENFORCES_WITHIN_SECONDS = 90;

type FaultName = 'gatekeeper-slow' | 'stall' | 'stall-one' | 'api-server-starved' | 'api-server-paused' | 'etcd-paused';

/** F2: who loads the API server, and what makes it slow, in the words that experiments are written in. */
export class ApiWords {
  /** Dashboards, watchers and controllers. */
  readonly clients: ApiClients;
  readonly #parts: WorldParts;
  readonly #ramp: Ramp;
  /** The profile with the safeguards that are in place. */
  #protected: WorldParts['profile'];

  /** `anybody`: how the API server is reached. */
  constructor(parts: WorldParts, anybody: Person, fanOut: FanOut) {
    const { teardown } = parts;
    this.#parts = parts;
    this.#protected = parts.profile;
    this.clients = new ApiClients({
      ...parts,
      base: anybody.credentials,
      atEnd: (what, undo) => teardown.push(what, undo),
    });
    this.#ramp = new Ramp({ ...parts, clients: this.clients, fanOut });
  }

  /** More and more pods and clients, up to those of the profile, doubling with each step. */
  ramp(): Promise<void> {
    return this.#ramp.run();
  }

  /** As many clients of each kind as a step of the ramp has, counted from its last one, 1, down. */
  async crowd(share: number): Promise<void> {
    await this.clients.be(this.#ramp.clientsAt(share));
  }

  /** Leaves everything as it is for so long; sampled as ever. */
  async watch(seconds: number): Promise<void> {
    const { journal, signal } = this.#parts;
    const end = journal.now() + seconds;
    while (journal.now() < end) await delay((end - journal.now()) * 1000 + 10, undefined, { signal });
  }

  /** Injects a fault, watches for so long, takes it back, and waits until the API is calm again. */
  async under(name: FaultName, seconds: number): Promise<void> {
    const { journal, teardown } = this.#parts;
    const fault = this.#fault(name);
    const { describe } = fault;
    let over = false;
    const revert = async () => {
      if (over) return;
      over = true;
      await fault.revert();
      journal.append({ type: 'fault', op: 'reverted', fault: name, describe });
    };
    teardown.push(`fault ${name}`, revert);
    await fault.inject();
    journal.append({ type: 'fault', op: 'injected', fault: name, describe });
    try {
      await this.watch(seconds);
    } finally {
      await revert();
    }
    await this.calm();
  }

  /** Waits until every request that was due by now has been answered, or given up: what was done before is over. */
  async calm(): Promise<void> {
    const { live, journal, signal } = this.#parts;
    const since = journal.now();
    await waitFor(() => live.api.longestWait < journal.now() - since - TOLD_EVERY_SECONDS, {
      what: 'the requests that were under way to be answered',
      timeoutSeconds: CALM_WITHIN_SECONDS,
      signal,
      seen: () => `a request has waited for ${live.api.longestWait.toFixed(1)} s`,
    });
  }

  /** Waits until the gatekeeper enforces, by probes sent from now on. */
  async enforces(): Promise<void> {
    const { live, journal, signal } = this.#parts;
    const since = journal.now();
    await waitFor(() => live.readyGatekeepers > 0 && live.enforcesSince(since), {
      what: 'the gatekeeper to enforce again',
      timeoutSeconds: ENFORCES_WITHIN_SECONDS,
      signal,
    });
  }

  /** Puts safeguards of `falldown safeguards` into the cluster, on top of those that are there. */
  async protect(...names: string[]): Promise<void> {
    const safeguards = SAFEGUARDS.filter((s) => names.includes(s.name));
    if (safeguards.length !== names.length) throw new Error(`not all of ${names.join(', ')} are safeguards`);
    const from = this.#protected;
    const to = safeguards.reduce((profile, s) => patched(profile, s.patch(profile)), from);
    await installSafeguards({ ...this.#parts, from, to, safeguards });
    this.#protected = to;
    this.#parts.journal.append({ type: 'mark', name: 'protected', data: { safeguards: names.join('+') } });
  }

  /** A Job of so many short segments, at most so many at a time; returns when all of it is done. */
  burst(pods: number, parallelism: number): Promise<void> {
    return this.#ramp.burst(pods, parallelism);
  }

  #fault(name: FaultName): Fault {
    const control = () => processControlOf(this.#parts.handle);
    switch (name) {
      case 'gatekeeper-slow':
        return gatekeeperSlow(control, { namespace: KYVERNO_NAMESPACE, name: KYVERNO_SERVICE });
      case 'stall':
        return stall(control);
      case 'stall-one':
        return stallOne(control);
      case 'api-server-starved':
        return apiServerStarved(control);
      case 'api-server-paused':
        return apiServerPaused(control);
      case 'etcd-paused':
        return etcdPaused(control);
    }
  }
}
