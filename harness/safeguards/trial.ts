import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import type { Fault } from '../faults/fault.ts';
import { gatekeeperProcesses } from '../faults/gatekeeper-processes.ts';
import type { NodeDrain } from '../faults/node-drain.ts';
import { ATTEMPTS, successorSlippedIn } from '../gatekeeper/false-start.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { FanOut } from '../load/fan-out.ts';
import type { Live } from '../observe/live.ts';
import type { Person } from '../people/person.ts';
import { fanOutGoesOn } from '../recovery/go-on.ts';
import { waitFor } from '../wait.ts';
import { closeSpareNode, installSafeguards } from './install.ts';
import type { Safeguard, TriggerName } from './safeguard.ts';
import type { TrialData } from './trial-data.ts';
import { triggerFault } from './trigger-fault.ts';

/** Of the fan-out: the rest of it keeps the controllers busy while the trigger works. */
const BUSY_SHARE = 1 / 8;
/** `kubectl drain` asks again this often for what a budget refused. */
const DRAIN_RETRY_SECONDS = 5;
/** A trigger that could not be taken away is tried again this often. */
const PERSIST_SECONDS = 1;
/** After the last replica is gone: what a rollout and the probes then meet is seen. */
const AFTER_FALL_SECONDS = 3;
/** A restored gatekeeper is back in about 5 s, each further replica some seconds later. */
const STEADY_WITHIN_SECONDS = 90;
/** A healed gate has to stay closed for this long: at least two probes. */
const STEADY_SECONDS = 2.5;

export interface TrialParts {
  handle: ClusterHandle;
  profile: Profile;
  admin: KubeClient;
  people: Map<string, Person>;
  journal: Journal;
  live: Live;
  runId: string;
  signal: AbortSignal;
}

/** F16: one trigger against one set of safeguards. */
export class Trial {
  readonly #p: TrialParts;
  readonly #pressure: Fault;
  readonly #fanOut: FanOut;
  /** The trigger that was last injected; its revert may have been refused. */
  #injected: Fault | undefined;

  constructor(parts: TrialParts, pressure: Fault, fanOut: FanOut) {
    this.#p = parts;
    this.#pressure = pressure;
    this.#fanOut = fanOut;
  }

  /** Cordons the spare node, so that only a safeguard that pays for it has one. */
  closeSpareNode(): Promise<void> {
    return closeSpareNode(this.#p);
  }

  /** Installs safeguards in a cluster that was made with the profile `from`. */
  install(safeguards: readonly Safeguard[], from: Profile): Promise<void> {
    return installSafeguards({ ...this.#p, to: this.#p.profile, from, safeguards });
  }

  /**
   * F1: the encoding Job fans out. Only where real kubelets end the gatekeeper, which takes them 0.3 to 1 s: controllers
   * with nothing else to do ask for its successor before that, and it is let in.
   */
  async busy(): Promise<void> {
    if (!this.#p.handle.capabilities.realKubelets) return;
    await this.#fanOut.launch();
    await this.#fanOut.created(BUSY_SHARE);
  }

  /**
   * Injects the trigger, leaves it in place for some seconds (fewer when the gatekeeper is gone by then), has somebody roll
   * out something ordinary, and takes the trigger away, whatever happened.
   */
  async attack(trigger: TriggerName, data: TrialData): Promise<void> {
    const { journal, live } = this.#p;
    journal.append({ type: 'mark', name: 'trial', data: { trigger, ...data } });
    const person = (name: string) => this.#person(name);
    const fault = triggerFault(trigger, { ...this.#p, person, pressure: this.#pressure });
    this.#injected = fault;
    if (trigger === 'stall' || trigger === 'crash-loop') await this.#processStarted();
    for (let left = ATTEMPTS - 1; ; left--) {
      const before = new Set(live.gatekeepers.keys());
      // With more replicas, a successor that gets in is what is measured.
      const falseStart = () => left > 0 && data.replicas === 1 && successorSlippedIn(this.#p, before);
      if (!(await this.#once(fault, falseStart))) return;
      await this.ready(data.replicas);
      const { profile, signal } = this.#p;
      await fanOutGoesOn({ person: person('batch-user'), encoding: profile.workloads.encoding, live, signal });
      journal.append({ type: 'mark', name: 'trigger.discounted' });
    }
  }

  /** Injects, watches and reverts; true when it was a false start, which nobody needs to see a rollout in. */
  async #once(fault: Fault, falseStart: () => false | Promise<boolean>): Promise<boolean> {
    const { journal } = this.#p;
    const { name, describe } = fault;
    journal.append({ type: 'fault', op: 'injected', fault: name, describe });
    journal.append({ type: 'mark', name: 'trigger.injected' });
    await fault.inject();
    try {
      if ((await this.#fell(fault)) && (await falseStart())) return true;
      await this.#rollOut();
      return false;
    } finally {
      await fault.revert();
      journal.append({ type: 'mark', name: 'trigger.removed' });
      journal.append({ type: 'fault', op: 'reverted', fault: name, describe });
    }
  }

  /** Leaves the trigger in place; true when no replica was ready meanwhile. */
  async #fell(fault: Fault): Promise<boolean> {
    const { journal, live, profile } = this.#p;
    const end = journal.now() + profile.timings.standSeconds;
    let fellAt: number | undefined;
    let asked = journal.now();
    while (journal.now() < end && !(fellAt !== undefined && journal.now() > fellAt + AFTER_FALL_SECONDS)) {
      if (live.readyGatekeepers === 0) fellAt ??= journal.now();
      if ('advance' in fault && journal.now() - asked > DRAIN_RETRY_SECONDS) {
        asked = journal.now();
        await (fault as NodeDrain).advance();
      }
      await this.#pass(0.1);
    }
    return fellAt !== undefined;
  }

  /** F12: leaves the cluster alone until it enforces again and goes on doing so, or for `holdSeconds`. */
  async aftermath(): Promise<void> {
    const { journal, live, profile } = this.#p;
    journal.append({ type: 'mark', name: 'hold.started', data: { seconds: profile.timings.holdSeconds } });
    const from = journal.now();
    const end = from + profile.timings.holdSeconds;
    let steady: number | undefined;
    let persisted = from;
    while (journal.now() < end && !(steady !== undefined && journal.now() > steady + STEADY_SECONDS)) {
      const well = live.readyGatekeepers > 0 && live.enforcesSince(Math.max(from, journal.now() - STEADY_SECONDS));
      steady = well ? (steady ?? journal.now()) : undefined;
      if (journal.now() - persisted > PERSIST_SECONDS) {
        persisted = journal.now();
        await this.#injected?.persist?.();
      }
      await this.#pass(0.1);
    }
    journal.append({ type: 'mark', name: 'hold.ended' });
  }

  /** A cluster that was just put back needs its gatekeeper before anything can be tried on it. */
  async ready(replicas: number): Promise<void> {
    const { journal, live, signal } = this.#p;
    const since = journal.now();
    await waitFor(() => live.readyGatekeepers >= replicas && live.enforcesSince(since), {
      what: `the gatekeeper to enforce with ${replicas} ready replicas`,
      timeoutSeconds: STEADY_WITHIN_SECONDS,
      signal,
      everySeconds: 0.05,
      seen: () => `${live.readyGatekeepers} ready`,
    });
  }

  /** Where the gatekeeper is not asked, the rules may be enforced before its process has started in a cluster that was put back. */
  async #processStarted(): Promise<void> {
    const { handle, signal } = this.#p;
    await waitFor(() => gatekeeperProcesses(handle.name).length > 0, {
      what: 'a process of the gatekeeper',
      timeoutSeconds: STEADY_WITHIN_SECONDS,
      signal,
    });
  }

  /** An ordinary change of an ordinary service: is it held up? */
  async #rollOut(): Promise<void> {
    const [service] = this.#p.profile.workloads.services;
    if (service === undefined) return;
    const { name, namespace } = service.metadata as { name: string; namespace?: string };
    const object = { namespace: namespace ?? 'default', name };
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    await this.#person('platform-admin').tries('roll-out', 'patch', objectName('Deployment', object), (client) =>
      client.patch(pathOf('Deployment', object), 'strategic', { spec: { template: { metadata: { annotations } } } }),
    );
  }

  #person(name: string): Person {
    const person = this.#p.people.get(name);
    if (person === undefined) throw new Error(`the profile has no identity "${name}"`);
    return person;
  }

  async #pass(seconds: number): Promise<void> {
    await delay(seconds * 1000, undefined, { signal: this.#p.signal });
  }
}
