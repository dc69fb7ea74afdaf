import { setTimeout as delay } from 'node:timers/promises';
import { ENCODING_JOB } from '../load/encoding.ts';
import { type CleanUp, cleanUp, freeOne, stockOf } from '../people/clean-up.ts';
import type { Person } from '../people/person.ts';
import { quantity } from '../scheduling/quantity.ts';
import { NotSeen, waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** Placing a thousand pods takes some 10 s on 2 cores. */
const PLACED_WITHIN_SECONDS = 120;
/** What was refused changes nothing; it is looked at for so long. */
const REFUSED_SECONDS = 3;
/** So long must be seen of a Job that owes nothing, before it is called settled. */
const CALM_SECONDS = 3;

/** F11: the clean-ups that people try, and what comes back of what they removed. */
export class Boomerang {
  readonly #parts: WorldParts;
  readonly #person: (name: string) => Person;

  constructor(parts: WorldParts, person: (name: string) => Person) {
    this.#parts = parts;
    this.#person = person;
  }

  /**
   * One clean-up after the other: infra on-call deletes and suspends, the platform admin evicts. After each the Job is
   * given so long to make up for it; that it does not is a finding, too.
   */
  async cleanUp(waves: readonly CleanUp[], { withinSeconds }: { withinSeconds: number }): Promise<void> {
    const { journal, live } = this.#parts;
    for (const [i, how] of waves.entries()) {
      const wave = i + 1;
      const before = live.encoding.created;
      journal.append({ type: 'mark', name: 'cleanup.wave', data: { wave, how } });
      const who = how === 'evict-pods' ? 'platform-admin' : 'infra-oncall';
      const { asked, accepted } = await cleanUp(this.#person(who), how, this.#namespace);
      journal.append({ type: 'mark', name: 'cleanup.answered', data: { wave, how, asked, accepted } });
      if (accepted === 0) await this.#pass(REFUSED_SECONDS);
      else await this.#within(withinSeconds, () => this.#madeUpFor(how, before, accepted));
    }
    journal.append({ type: 'mark', name: 'cleanup.ended' });
  }

  /** Waits until the scheduler has found a node for as many pods as fit, and these run. */
  async placed(): Promise<void> {
    const { live, signal, profile } = this.#parts;
    const { pods, requests } = profile.workloads.encoding;
    const { count, cpu } = profile.cluster.nodes.fake;
    const room = count * Math.floor(quantity(cpu, 1e-3) / quantity(requests.cpu, 1e-3));
    const wanted = Math.min(pods, room);
    await waitFor(() => live.encoding.Running >= wanted, {
      what: `${wanted} encoding pods to run`,
      timeoutSeconds: PLACED_WITHIN_SECONDS,
      signal,
      seen: () => `${live.encoding.Running} run`,
    });
  }

  /** Counts what is there, and tries to free one of the pods that cannot go, as the platform admin. */
  async takeStock(): Promise<void> {
    const admin = this.#person('platform-admin');
    const stock = await stockOf(admin, this.#namespace);
    this.#parts.journal.append({ type: 'mark', name: 'stock.taken', data: stock });
    if (stock.held > 0) await freeOne(admin, this.#namespace);
  }

  /** F12: leaves it alone until the Job owes nothing any more, and goes on watching for a moment; or for so many seconds. */
  async settle(withinSeconds: number): Promise<void> {
    const { journal } = this.#parts;
    let since: number | undefined;
    await this.#within(withinSeconds, () => {
      since = this.#owesNothing ? (since ?? journal.now()) : undefined;
      return since !== undefined && journal.now() > since + CALM_SECONDS;
    });
    journal.append({ type: 'mark', name: 'watch.ended', data: { seconds: withinSeconds } });
  }

  get #namespace(): string {
    return this.#parts.profile.workloads.encoding.namespace;
  }

  /** Whatever follows from a clean-up has followed. `before`: the pods ever made until then. */
  #madeUpFor(how: CleanUp, before: number, accepted: number): boolean {
    const { encoding, jobs } = this.#parts.live;
    const job = jobs.get(ENCODING_JOB);
    const made = encoding.created - before;
    switch (how) {
      case 'delete-pods':
      case 'evict-pods':
        return this.#owesNothing && (made >= accepted || job?.gaveUp !== undefined);
      case 'suspend-job':
        return job?.suspended === true && this.#owesNothing;
      case 'resume-job':
        return job?.suspended === false && made > 0 && this.#owesNothing;
      case 'delete-job-orphan':
        return job === undefined;
      default:
        return job === undefined && encoding.Pending + encoding.Running === 0 && this.#owesNothing;
    }
  }

  /** As many pods as the Job wants, and none that was told to go and is still there. */
  get #owesNothing(): boolean {
    const { encoding, jobs, terminating } = this.#parts.live;
    const job = jobs.get(ENCODING_JOB);
    const alive = encoding.Pending + encoding.Running;
    if (terminating.size > 0) return false;
    if (job === undefined) return true;
    if (job.gaveUp !== undefined || job.suspended || job.deleting) return alive === 0;
    return alive === Math.min(job.parallelism, job.completions - job.succeeded) && job.active === alive;
  }

  async #within(timeoutSeconds: number, look: () => boolean): Promise<void> {
    const { signal } = this.#parts;
    try {
      await waitFor(look, { what: 'the Job to make up for it', timeoutSeconds, signal, everySeconds: 0.1 });
    } catch (error) {
      if (!(error instanceof NotSeen)) throw error;
    }
  }

  async #pass(seconds: number): Promise<void> {
    await delay(seconds * 1000, undefined, { signal: this.#parts.signal });
  }
}
