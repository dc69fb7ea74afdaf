import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import type { Fault } from '../faults/fault.ts';
import { priorityCollision } from '../faults/priority-collision.ts';
import { asTrigger, type Trigger } from '../faults/trigger.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { ROLE_LABEL } from '../labels.ts';
import { FanOut } from '../load/fan-out.ts';
import { Services } from '../load/services.ts';
import type { Live } from '../observe/live.ts';
import type { Monitoring } from '../observe/metrics/monitoring.ts';
import { retireGatekeeper, tryToDelete, tryToRestart } from '../people/attempts.ts';
import type { Attempt, Person } from '../people/person.ts';
import { auditStrangers } from '../recovery/audit.ts';
import { deleteRules } from '../recovery/delete-rules.ts';
import { poke } from '../recovery/poke.ts';
import { WayOut } from '../recovery/way-out.ts';
import { type Promised, protectedReplicas, restoreSafeguards } from '../safeguards/restore.ts';
import { Trial } from '../safeguards/trial.ts';
import { waitFor } from '../wait.ts';
import { ApiWords } from './api-words.ts';
import { Boomerang } from './boomerang.ts';
import { collide } from './collide.ts';
import { GatekeeperWords } from './gatekeeper-words.ts';
import { MetricsWords } from './metrics-words.ts';
import { Nodes } from './nodes.ts';
import type { Teardown } from './teardown.ts';

export interface WorldParts {
  handle: ClusterHandle;
  profile: Profile;
  /** helm values that the rules come back with (F16). */
  safeguards: Record<string, unknown> | undefined;
  admin: KubeClient;
  people: Map<string, Person>;
  journal: Journal;
  live: Live;
  runId: string;
  signal: AbortSignal;
  /** Of what the method makes; run before the connections close and the cluster goes. */
  teardown: Teardown;
  monitoring?: Monitoring | undefined;
}

/** The cluster under test and the people around it, in the words that experiments are written in. */
export class World {
  readonly profile: Profile;
  readonly fanOut: FanOut;
  /** F7: the security team's service; `inject` rolls it out, `revert` withdraws it. */
  readonly collision: Trigger;
  /** Real nodes: joining, drained, short of memory (F6, F10). */
  readonly nodes: Nodes;
  /** The gatekeeper's upgrades, webhooks and budget. */
  readonly gatekeeper: GatekeeperWords;
  /** A way out of a deadlock: taken, and watched. */
  readonly wayOut: WayOut;
  /** F7: the other teams' workloads, which come in waves. */
  readonly services: Services;
  /** F16: one trigger against one set of safeguards. */
  readonly trial: Trial;
  /** F2: who loads the API server, and what makes it slow. */
  readonly api: ApiWords;
  /** F4, F5: the Prometheus set-ups, and what they show. */
  readonly metrics: MetricsWords;
  /** F11: clean-ups, and what comes back. */
  readonly boomerang: Boomerang;
  readonly #parts: WorldParts;
  #promise: Promised | undefined;
  /** When somebody first tried to delete the rules: who came in since is asked for afterwards. */
  #openSince: Date | undefined;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.profile = parts.profile;
    const { journal, live, runId, signal } = parts;
    const { encoding, security } = parts.profile.workloads;
    this.fanOut = new FanOut({
      fakeNodes: parts.handle.fakeNodes > 0,
      encoding,
      user: this.person('batch-user'),
      journal,
      live,
      runId,
      signal,
    });
    this.wayOut = new WayOut(parts, this.fanOut);
    this.services = new Services(parts);
    const trigger = (fault: Fault) => asTrigger(fault, journal);
    this.collision = trigger(priorityCollision(security, this.person('security-team'), runId));
    this.nodes = new Nodes(parts, (name) => this.person(name), trigger);
    this.api = new ApiWords(parts, this.person('batch-user'), this.fanOut);
    this.gatekeeper = new GatekeeperWords(parts);
    this.metrics = new MetricsWords(parts);
    this.trial = new Trial(parts, this.nodes.pressure, this.fanOut);
    this.boomerang = new Boomerang(parts, (name) => this.person(name));
  }

  person(name: string): Person {
    const person = this.#parts.people.get(name);
    if (person !== undefined) return person;
    throw new Error(`the profile has no identity "${name}"; it has ${[...this.#parts.people.keys()].join(', ')}`);
  }

  mark(name: string, data?: Record<string, string | number | boolean>): void {
    this.#parts.journal.append({ type: 'mark', name, ...(data === undefined ? {} : { data }) });
  }

  /** Waits for a violating pod to be refused and a good one admitted, by probes sent from now on. */
  async gatekeeperEnforces(withinSeconds: number): Promise<void> {
    const { live, journal } = this.#parts;
    const since = journal.now();
    await this.#until('the gatekeeper to enforce', withinSeconds, () => live.enforcesSince(since));
  }

  /** Injects the collision until the gatekeeper is gone for good: `false-start.ts` says why once may not be enough. */
  collide(): Promise<void> {
    return collide(this, this.#parts);
  }

  /** Waits until no gatekeeper replica is ready. */
  async gatekeeperGone(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const seen = () => {
      // It was watched to the end, so that standing is a finding and not a run that was cut off.
      this.mark('stand.ended');
      const security = [...live.security.values()].map((p) => `${p.name} ${p.phase} ${p.message ?? ''}`);
      return [`${live.readyGatekeepers} gatekeeper replicas stay ready`, ...security].join('\n');
    };
    await this.#until('the gatekeeper to be evicted', withinSeconds, () => live.readyGatekeepers === 0, seen);
  }

  /** Waits until the first request is refused because the webhook does not answer. */
  async firstRefusal(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const before = live.refusals;
    await this.#until('a request to be refused by the dead webhook', withinSeconds, () => live.refusals > before);
  }

  /** Lets the cluster alone and watches (F12). */
  async hold(seconds: number): Promise<void> {
    this.mark('hold.started', { seconds });
    await this.waitAndSee(seconds);
    this.mark('hold.ended');
  }

  /** What people try first (F11): delete a pod of the fan-out, delete the Job … */
  tryToDelete(person: Person): Promise<void> {
    return tryToDelete(person, this.profile.workloads.encoding.namespace);
  }

  /** … and restart the gatekeeper. */
  async tryToRestart(person: Person): Promise<void> {
    await tryToRestart(person);
  }

  /** F13: somebody deletes the admission rules, if they may. */
  async deleteTheRules(person: Person): Promise<Attempt> {
    this.#openSince ??= new Date();
    const attempt = await deleteRules.attempt(person, this.#parts);
    if (attempt.ok) {
      this.mark('rules.deleted');
      this.#step('rules-deleted', deleteRules.describe);
    }
    return attempt;
  }

  /** The batch user makes the Job controller try again now, which after a minute of refusals would take it up to a minute. */
  async pokeTheJobs(): Promise<void> {
    const { namespace } = this.profile.workloads.encoding;
    await poke(this.person('batch-user'), 'Job', namespace, `${ROLE_LABEL}=encoding`);
  }

  /** Waits for the first pod that gets past the gate. */
  async podsAreAdmitted(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    const before = live.violatingAdmitted;
    await this.#until('a pod to be admitted', withinSeconds, () => live.violatingAdmitted > before);
    this.#step('pods-admitted', 'pods are admitted again, whatever they are');
  }

  /** Waits for the way out to unwind the loop (F14) and says when the gate is closed again. */
  async gateEnforcesAgain(withinSeconds: number): Promise<void> {
    const { live } = this.#parts;
    await this.#until('a gatekeeper replica to be ready', withinSeconds, () => live.readyGatekeepers > 0);
    this.#step('gatekeeper-ready', 'a gatekeeper replica is ready again');
    await this.gatekeeperEnforces(withinSeconds);
    this.mark('gate.enforcing');
    this.#step('gate-enforcing', 'violating pods are refused again');
    if (this.#openSince !== undefined) await auditStrangers(this.#parts, this.#openSince);
  }

  /**
   * Takes the unprotected gatekeeper's pods away before the upgrade. Each of Kyverno's pods waits out a lease of 12 s in
   * its init container, one after the other: pods of the old template would only make the new ones wait. With its rules
   * deleted and no replica running, nothing is lost.
   */
  retireTheOldGatekeeper(person: Person): Promise<void> {
    return retireGatekeeper(person);
  }

  /** F16: the rules come back with safeguards: an upgrade of the gatekeeper. */
  async upgradeWithSafeguards(): Promise<void> {
    const { handle, profile, safeguards, admin, runId, signal } = this.#parts;
    if (safeguards === undefined)
      throw new Error('the profile has no restoreWith, so there are no safeguards to install');
    this.#promise = await restoreSafeguards({ handle, profile, safeguards, admin, runId, signal });
    this.#step(
      'safeguards-applied',
      `helm upgrade: ${this.#promise.replicas} replicas, never fewer than ${this.#promise.minimum}`,
    );
  }

  /** Waits for as many ready replicas with the safeguards as these promise, reachable through their Service. */
  async safeguardsReady(withinSeconds: number): Promise<void> {
    if (this.#promise === undefined) throw new Error('no safeguards were installed');
    const { live, admin, signal } = this.#parts;
    const { replicas, minimum } = this.#promise;
    const pods = () => [...live.gatekeepers.values()].map((p) => `${p.name} ${p.phase} ready=${p.ready}`).join('\n');
    await waitFor(async () => live.readyEndpoints >= minimum && (await protectedReplicas(admin)) >= minimum, {
      what: `${minimum} of ${replicas} gatekeeper replicas to be ready with the safeguards`,
      timeoutSeconds: withinSeconds,
      signal,
      seen: pods,
    });
    this.mark('safeguards.installed', { requiredReplicas: minimum, replicas });
  }

  /** Watches the same trigger against the safeguards. */
  async stand(seconds: number): Promise<void> {
    await this.waitAndSee(seconds);
    this.mark('stand.ended');
  }

  /** Lets the cluster alone, by the journal's clock and never short of it: timers may fire a millisecond early. */
  async waitAndSee(seconds: number): Promise<void> {
    const { journal, signal } = this.#parts;
    const end = journal.now() + seconds + 0.01;
    while (journal.now() < end) await delay((end - journal.now()) * 1000, undefined, { signal });
  }

  #step(step: string, describe: string): void {
    this.#parts.journal.append({ type: 'recovery', step, describe });
  }

  #until(what: string, timeoutSeconds: number, look: () => boolean, seen?: () => string): Promise<boolean> {
    const { signal } = this.#parts;
    return waitFor(look, { what, timeoutSeconds, signal, everySeconds: 0.05, ...(seen === undefined ? {} : { seen }) });
  }
}
