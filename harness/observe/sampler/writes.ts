import type { WriteSeries } from './messages.ts';
import { openLoop } from './open-loop.ts';
import type { Lateness, Recorder } from './recorder.ts';
import type { Transport } from './transport.ts';

/** The watch is opened again after this long; milliseconds. */
const AGAIN_MILLISECONDS = 500;

export interface WriteRecorders {
  created: Recorder;
  deleted: Recorder;
  seen: Recorder;
}

/**
 * Creates a ConfigMap on a schedule, waits for a watch to tell of it, and deletes it. What it makes and could not
 * delete goes with its namespace.
 */
export class Writes {
  readonly #series: WriteSeries;
  readonly #api: Transport;
  readonly #watch: Transport;
  readonly #told: WriteRecorders;
  readonly #now: () => number;
  /** Names that are created but not yet seen by the watch → who waits for it. */
  readonly #awaited = new Map<string, () => void>();
  /** Seen before their creation was answered. */
  readonly #early = new Set<string>();
  readonly #path: string;
  #stopWatch = (): void => undefined;
  #stopLoop = (): void => undefined;
  #again: NodeJS.Timeout | undefined;
  #revision = '';

  /** `watch`: a transport of its own, so that a stalled request does not hold up its events. */
  constructor(series: WriteSeries, api: Transport, watch: Transport, told: WriteRecorders, now: () => number) {
    this.#series = series;
    this.#api = api;
    this.#watch = watch;
    this.#told = told;
    this.#now = now;
    this.#path = `/api/v1/namespaces/${series.namespace}/configmaps`;
  }

  start(zero: number, lateness: Lateness): void {
    this.#follow();
    const { everySeconds, offsetSeconds } = this.#series;
    const send = (due: number, n: number) => {
      lateness.add(this.#now() - due);
      this.#create(due, `sample-${n}`);
    };
    this.#stopLoop = openLoop(zero + offsetSeconds * 1000, everySeconds * 1000, send, this.#now);
  }

  stop(): void {
    this.#stopLoop();
    clearTimeout(this.#again);
    this.#stopWatch();
  }

  #create(due: number, name: string): void {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const start = (done: (code: number) => void) => this.#api.ask({ method: 'POST', path: this.#path, body }, done);
    this.#told.created.begin(due, start, (code) => {
      if (code !== 201) return;
      this.#awaitEvent(name);
      const path = `${this.#path}/${name}`;
      this.#told.deleted.begin(this.#now(), (done) => this.#api.ask({ method: 'DELETE', path }, done));
    });
  }

  #awaitEvent(name: string): void {
    const answered = this.#now();
    if (this.#early.delete(name)) {
      this.#told.seen.ended(answered, 0, 200);
      return;
    }
    this.#told.seen.begin(answered, (done) => {
      this.#awaited.set(name, () => done(200));
      return () => {
        this.#awaited.delete(name);
      };
    });
  }

  #follow(): void {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${this.#revision}`;
    this.#stopWatch = this.#watch.lines(
      `${this.#path}?${query}`,
      (line) => this.#event(line),
      () => {
        this.#again = setTimeout(() => this.#follow(), AGAIN_MILLISECONDS);
      },
    );
  }

  #event(line: string): void {
    let event: { type: string; object: { metadata?: { name?: string; resourceVersion?: string } } };
    try {
      event = JSON.parse(line);
    } catch {
      return;
    }
    // The revision is too old: from the newest on, and what was missed is censored when its time is over.
    if (event.type === 'ERROR') this.#revision = '';
    const { name, resourceVersion } = event.object.metadata ?? {};
    if (resourceVersion !== undefined) this.#revision = resourceVersion;
    if (event.type !== 'ADDED' || name === undefined) return;
    const awaited = this.#awaited.get(name);
    this.#awaited.delete(name);
    if (awaited === undefined) this.#early.add(name);
    else awaited();
  }
}
