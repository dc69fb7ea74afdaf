import { setTimeout as delay } from 'node:timers/promises';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { GATEKEEPER_SELECTOR } from '../gatekeeper/inspect.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { ROLE_LABEL } from '../labels.ts';
import type { FanOut } from '../load/fan-out.ts';
import type { Live } from '../observe/live.ts';
import type { Attempt, Person } from '../people/person.ts';
import { NotSeen, waitFor } from '../wait.ts';
import { auditStrangers } from './audit.ts';
import { recoveryPath } from './catalogue.ts';
import { poke } from './poke.ts';
import type { Ground } from './recovery.ts';

/** Who is called first, whatever the way out. */
const FIRST_CALLED = 'infra-oncall';

/** How long each thing is waited for after a path was taken, in seconds. What does not come by then is "not within". */
export const WATCH_SECONDS = {
  /** Nothing was changed: enough to see that nothing moves. */
  refused: 8,
  /** Something was changed: until a pod is let in. The controllers' back-off after a short outage is in it. */
  opened: 20,
  /** From a pod that is let in to the gatekeeper that enforces: its start, and Kyverno's lease of 12 s. */
  enforcing: 60,
};

interface Parts extends Ground {
  admin: KubeClient;
  people: ReadonlyMap<string, Person>;
  journal: Journal;
  live: Live;
}

/** Takes one way out of a deadlock and watches what comes of it; that nothing does is a finding, too. */
export class WayOut {
  readonly #parts: Parts;
  readonly #fanOut: FanOut;
  #accepted = false;
  /** What was there when the path was taken. */
  #before = { violating: 0, encoding: 0, gatekeepers: new Set<string>() };
  #takenAt = new Date();

  constructor(parts: Parts, fanOut: FanOut) {
    this.#parts = parts;
    this.#fanOut = fanOut;
  }

  /** Waits for the proof: probes asked from now on are refused for want of the webhook, and no gatekeeper is ready. */
  async deadlocked(withinSeconds: number): Promise<void> {
    const { live, journal } = this.#parts;
    const since = journal.now();
    await this.#until(
      'every pod to be refused for want of the webhook',
      withinSeconds,
      () => live.deadlockedSince(since) && live.readyGatekeepers === 0 && live.readyEndpoints === 0,
    );
    journal.append({ type: 'mark', name: 'deadlock.proven' });
  }

  /**
   * Takes a path of the catalogue: first whoever is on call tries, then, if that was refused, the identity that the path
   * needs. With `poke` the controllers are made to try again at once, instead of after their back-off.
   */
  async take(name: string, options: { poke: boolean }): Promise<void> {
    const { live, journal } = this.#parts;
    const path = recoveryPath(name);
    this.#before = {
      violating: live.violatingAdmitted,
      encoding: live.encoding.created,
      gatekeepers: new Set(live.gatekeepers.keys()),
    };
    this.#takenAt = new Date();
    journal.append({ type: 'mark', name: 'path.taken', data: { path: name, poke: options.poke } });
    journal.append({ type: 'recovery', step: name, describe: path.describe });
    let answer: Attempt | undefined;
    let by = '';
    for (const who of new Set([FIRST_CALLED, path.identity])) {
      by = who;
      answer = await path.attempt(this.#person(who), this.#parts);
      if (answer.ok) break;
    }
    const { ok, code } = answer as Attempt;
    this.#accepted = ok;
    journal.append({ type: 'mark', name: 'path.answered', data: { path: name, by, ok, code } });
    if (ok && options.poke) await this.#poke();
  }

  /** Watches the loop unwind: a pod let in, the gatekeeper back and enforcing, the queue drained; or not, in its time. */
  async unwind(): Promise<void> {
    const { live, journal, profile } = this.#parts;
    const gaveUp = (waitedFor: string, seconds: number) =>
      journal.append({ type: 'mark', name: 'watch.ended', data: { waitedFor, seconds } });
    if (!this.#accepted) {
      await this.#pass(WATCH_SECONDS.refused);
      gaveUp('anything to change', WATCH_SECONDS.refused);
      return;
    }
    if (!(await this.#within(WATCH_SECONDS.opened, () => this.#letIn))) {
      gaveUp('a pod to be let in', WATCH_SECONDS.opened);
      return;
    }
    journal.append({ type: 'mark', name: 'gate.opened' });
    let since = journal.now();
    const enforces = () => {
      // Counted from the first ready replica: what is refused before is refused for want of one.
      if (live.readyGatekeepers === 0) since = journal.now();
      return live.readyGatekeepers > 0 && live.enforcesSince(since);
    };
    if (!(await this.#within(WATCH_SECONDS.enforcing, enforces))) {
      await auditStrangers(this.#parts, this.#takenAt);
      gaveUp('the gatekeeper to enforce', WATCH_SECONDS.enforcing);
      return;
    }
    journal.append({ type: 'mark', name: 'gate.enforcing' });
    await auditStrangers(this.#parts, this.#takenAt);
    try {
      await this.#fanOut.drained(profile.timings.drainWithinSeconds);
      journal.append({ type: 'mark', name: 'watch.ended', data: { waitedFor: '', seconds: 0 } });
    } catch (error) {
      if (!(error instanceof NotSeen)) throw error;
      gaveUp('the queue to drain', profile.timings.drainWithinSeconds);
    }
  }

  /** Was any pod made since the path was taken, whoever's it is? */
  get #letIn(): boolean {
    const { live } = this.#parts;
    const { violating, encoding, gatekeepers } = this.#before;
    return (
      live.violatingAdmitted > violating ||
      live.encoding.created > encoding ||
      [...live.gatekeepers.keys()].some((uid) => !gatekeepers.has(uid))
    );
  }

  async #poke(): Promise<void> {
    const { namespace } = this.#parts.profile.workloads.encoding;
    await poke(this.#person('platform-admin'), 'ReplicaSet', KYVERNO_NAMESPACE, GATEKEEPER_SELECTOR);
    await poke(this.#person('batch-user'), 'Job', namespace, `${ROLE_LABEL}=encoding`);
  }

  #person(name: string): Person {
    const person = this.#parts.people.get(name);
    if (person === undefined) throw new Error(`the profile has no identity "${name}"`);
    return person;
  }

  async #within(seconds: number, look: () => boolean): Promise<boolean> {
    try {
      await this.#until('it', seconds, look);
      return true;
    } catch (error) {
      if (error instanceof NotSeen) return false;
      throw error;
    }
  }

  #until(what: string, timeoutSeconds: number, look: () => boolean): Promise<boolean> {
    return waitFor(look, { what, timeoutSeconds, signal: this.#parts.signal, everySeconds: 0.05 });
  }

  async #pass(seconds: number): Promise<void> {
    await delay(seconds * 1000, undefined, { signal: this.#parts.signal });
  }
}
