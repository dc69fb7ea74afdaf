import type { Profile } from '../../clusters/providers/provider.ts';
import type { Journal } from '../journal/writer.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Live } from '../observe/live.ts';
import type { Attempt, Person } from '../people/person.ts';
import { waitFor } from '../wait.ts';
import { type EncodingJob, encodingJobs, REAL_ENCODING_JOB } from './encoding.ts';

/** A fan-out of 30,000 pods takes about five minutes on 2 cores; this is per thousand pods, with room. */
const SECONDS_PER_THOUSAND_PODS = 60;

/** The encoding Jobs of a run: launched, watched and drained. */
export class FanOut {
  readonly #encoding: Profile['workloads']['encoding'];
  readonly #user: Person;
  readonly #journal: Journal;
  readonly #live: Live;
  readonly #jobs: EncodingJob[];
  readonly #signal: AbortSignal;

  constructor(p: {
    fakeNodes: boolean;
    encoding: Profile['workloads']['encoding'];
    user: Person;
    journal: Journal;
    live: Live;
    runId: string;
    signal: AbortSignal;
  }) {
    this.#encoding = p.encoding;
    this.#jobs = encodingJobs(p.encoding, p.runId, p.fakeNodes);
    this.#user = p.user;
    this.#journal = p.journal;
    this.#live = p.live;
    this.#signal = p.signal;
  }

  /** Submits the Jobs as the batch user does; with `lastSeconds` so many pods at a time that it goes on for about so long. */
  async launch({ lastSeconds }: { lastSeconds?: number } = {}): Promise<void> {
    const { namespace, pods } = this.#encoding;
    this.#journal.append({ type: 'mark', name: 'fanout.started', data: { pods } });
    for (const { name, manifest, segments } of this.#jobs) {
      if (lastSeconds !== undefined) manifest.spec.parallelism = this.#paced(segments, lastSeconds);
      const object = objectName('Job', { namespace, name });
      const submitted = await this.#user.tries('submit-encoding', 'create', object, (client) =>
        client.create(pathOf('Job', { namespace }), manifest),
      );
      if (!submitted.ok) throw new Error(`${object} was not accepted: ${submitted.message}`);
    }
  }

  #paced(segments: number, seconds: number): number {
    return Math.max(1, Math.min(segments, Math.ceil((segments * this.#encoding.encodeSeconds) / seconds)));
  }

  /** From now on so many segments may be encoded at a time; submits the Jobs if they are not there yet. A refusal is an answer. */
  async growTo(parallelism: number): Promise<Attempt> {
    const { namespace } = this.#encoding;
    if (this.#live.jobs.size === 0) await this.launch();
    let last: Attempt = { ok: true, code: 200, message: '' };
    for (const { name } of this.#jobs) {
      last = await this.#user.tries('grow-encoding', 'patch', objectName('Job', { namespace, name }), (client) =>
        client.patch(pathOf('Job', { namespace, name }), 'merge', { spec: { parallelism } }),
      );
      if (!last.ok) return last;
    }
    return last;
  }

  /** In a cell: the Jobs are there already, as the preparation left them. */
  carriedOver(): void {
    this.#journal.append({
      type: 'mark',
      name: 'fanout.started',
      data: { pods: this.#encoding.pods, carriedOver: true },
    });
  }

  /** Waits until this share (0 … 1) of the segments has a pod, and those on real nodes run. */
  async created(share: number): Promise<void> {
    const wanted = Math.ceil(this.#encoding.pods * share);
    await waitFor(() => this.#live.encoding.created >= wanted, {
      what: `${wanted} encoding pods to be created`,
      timeoutSeconds: 60 + (wanted / 1000) * SECONDS_PER_THOUSAND_PODS,
      signal: this.#signal,
      seen: () => `${this.#live.encoding.created} pods`,
    });
    await this.#realOnesRun();
  }

  /**
   * Waits until the segments on the real nodes run. A kubelet that is still starting them takes seconds to end another
   * container, and a gatekeeper that dies so slowly may admit its own replacement.
   */
  async #realOnesRun(): Promise<void> {
    const real = this.#jobs.find(({ name }) => name === REAL_ENCODING_JOB);
    if (real === undefined) return;
    const running = () => {
      const job = this.#live.jobs.get(real.name);
      return job === undefined ? 0 : job.ready + job.succeeded;
    };
    await waitFor(() => running() >= real.segments, {
      what: 'the segments on the real nodes to run',
      timeoutSeconds: 60,
      signal: this.#signal,
      seen: () => `${running()} of ${real.segments}`,
    });
  }

  /** Waits until every segment of every Job is encoded (F17); what there is to encode comes on top of the given seconds. */
  async drained(withinSeconds: number): Promise<void> {
    const jobs = this.#jobs;
    await waitFor(() => jobs.every(({ name }) => this.#live.jobs.get(name)?.complete === true), {
      what: 'the encoding queue to drain',
      timeoutSeconds: withinSeconds + (this.#encoding.pods / 1000) * SECONDS_PER_THOUSAND_PODS,
      signal: this.#signal,
      seen: () =>
        jobs
          .map(
            ({ name, segments }) => `Job/${name}: ${this.#live.jobs.get(name)?.succeeded ?? 0} of ${segments} segments`,
          )
          .join('\n'),
    });
    // The Jobs and their pods are watched on separate streams: the last pods' ends must be in the journal too.
    await waitFor(() => this.#live.encoding.Succeeded >= this.#encoding.pods, {
      what: 'the last encoding pods to be seen as succeeded',
      timeoutSeconds: 30,
      signal: this.#signal,
    });
    this.#journal.append({ type: 'mark', name: 'queue.drained' });
  }
}
