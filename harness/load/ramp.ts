import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from '../../clusters/providers/provider.ts';
import type { Journal } from '../journal/writer.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Live } from '../observe/live.ts';
import type { Person } from '../people/person.ts';
import { NotSeen, waitFor } from '../wait.ts';
import type { ApiClients } from './api-clients.ts';
import type { Clients } from './clients/messages.ts';
import { encodingJobs } from './encoding.ts';
import type { FanOut } from './fan-out.ts';

/** Each has twice the pods and clients of the one before. */
const STEPS = 7;
/** Long enough for a p99 of each class that is asked for often; a step lasts longer while its pods are still coming. */
const STEP_SECONDS = 10;
const PODS_WITHIN_SECONDS = 25;
/** Ten times what is promised of a single object: all limits of single objects broke long ago. */
const HOPELESS_SECONDS = 10;

export interface RampParts {
  profile: Profile;
  people: ReadonlyMap<string, Person>;
  journal: Journal;
  live: Live;
  runId: string;
  signal: AbortSignal;
  clients: Pick<ApiClients, 'be'>;
  fanOut: Pick<FanOut, 'growTo'>;
}

/** F1, F2: pods and clients come, twice as many with each step. Each step is between the marks `ramp.step` and `ramp.step-ended`. */
export class Ramp {
  readonly #p: RampParts;
  readonly #stepSeconds: number;
  readonly #podsWithinSeconds: number;
  #bursts = 0;

  /** Steps that last no less than so long, and wait no longer than that for their pods; seconds. */
  constructor(parts: RampParts, { stepSeconds = STEP_SECONDS, podsWithinSeconds = PODS_WITHIN_SECONDS } = {}) {
    this.#p = parts;
    this.#stepSeconds = stepSeconds;
    this.#podsWithinSeconds = podsWithinSeconds;
  }

  /** Ends with the last step, or with the one after which more would be pointless; the mark `ramp.ended` says which and why. */
  async run(): Promise<void> {
    const { journal } = this.#p;
    for (let step = 1; step <= STEPS; step++) {
      const over = await this.#step(step);
      journal.append({ type: 'mark', name: 'ramp.step-ended', data: { step } });
      if (over === undefined && step < STEPS) continue;
      journal.append({
        type: 'mark',
        name: 'ramp.ended',
        data: { step, of: STEPS, reason: over ?? 'all steps were made' },
      });
      return;
    }
  }

  /** Why there is no point in going on; undefined when there is. */
  async #step(step: number): Promise<string | undefined> {
    const { profile, journal, live, signal, clients, fanOut } = this.#p;
    const share = 2 ** (step - STEPS);
    const pods = Math.ceil(profile.workloads.encoding.pods * share);
    const crowd = this.clientsAt(share);
    journal.append({ type: 'mark', name: 'ramp.step', data: { step, pods, ...crowd } });
    const end = journal.now() + this.#stepSeconds;
    await clients.be(crowd);
    const grown = await fanOut.growTo(pods);
    if (!grown.ok) return `the Job could not grow any more: ${grown.message}`;
    const run = await waitFor(() => live.encoding.Running >= pods || live.readyGatekeepers === 0, {
      what: `${pods} encoding pods to run`,
      timeoutSeconds: this.#podsWithinSeconds,
      signal,
    }).then(
      () => true,
      (error: unknown) => {
        // Too slow is a finding of the step, not the end of the run.
        if (error instanceof NotSeen) return false;
        throw error;
      },
    );
    while (journal.now() < end) await delay((end - journal.now()) * 1000 + 10, undefined, { signal });
    if (live.readyGatekeepers === 0)
      return 'the gatekeeper was lost: its probes or its lease were not answered in time';
    if (!run) return `${live.encoding.Running} of ${pods} pods ran after ${this.#podsWithinSeconds} s`;
    const p99 = live.api.p99 ?? 0;
    return p99 > HOPELESS_SECONDS ? `requests waited for ${p99.toFixed(1)} s` : undefined;
  }

  /** A share of the clients that the profile has at most; one of each kind at least, if it has any. */
  clientsAt(share: number): Clients {
    const { dashboards, watchers, controllers } = this.#p.profile.workloads.clients;
    const [d = 0, w = 0, c = 0] = [dashboards, watchers, controllers].map((most) => Math.ceil(most * share));
    return { dashboards: d, watchers: w, controllers: c };
  }

  async burst(pods: number, parallelism: number): Promise<void> {
    const { profile, people, live, runId, signal } = this.#p;
    const { encoding } = profile.workloads;
    this.#bursts += 1;
    const [job] = encodingJobs({ ...encoding, pods, parallelism, realPods: 0, encodeSeconds: 1 }, runId, true);
    const name = `encode-short-${this.#bursts}`;
    const { metadata } = job!.manifest as unknown as KubeObject;
    const manifest = { ...job!.manifest, metadata: { ...metadata, name } };
    const user = people.get('batch-user')!;
    const object = objectName('Job', { namespace: encoding.namespace, name });
    const { ok, message } = await user.tries('submit-encoding', 'create', object, (client) =>
      client.create(pathOf('Job', { namespace: encoding.namespace }), manifest),
    );
    if (!ok) throw new Error(`${object} was not accepted: ${message}`);
    await waitFor(() => live.jobs.get(name)?.complete === true, {
      what: `${object} to be done`,
      timeoutSeconds: 60,
      signal,
      seen: () => `${live.jobs.get(name)?.succeeded ?? 0} of ${pods} segments`,
    });
  }
}
