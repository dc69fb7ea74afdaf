import { WatchSight } from '../check/watch-sight.ts';
import type {
  AuditedRequest,
  Envelope,
  FaultChanged,
  GameDayStep,
  JournalEvent,
  PodState,
  ProbeAnswered,
  RunEnded,
  RunStarted,
} from '../journal/events.ts';

/** Mark: a hidden step of the scenario was done. */
export const STEP_DONE = 'gameday.step-done';

export type Seen<E> = Envelope & E;
type Probe = Seen<ProbeAnswered>;

/**
 * What a game day is scored by, gathered event by event: while it goes on, for the live page, and from the finished
 * journal, for the scorecard. The same lines give the same record.
 */
export class GameDayRecord {
  readonly sight = new WatchSight();
  readonly steps: Seen<GameDayStep>[] = [];
  readonly audits: Seen<AuditedRequest>[] = [];
  readonly faults: Seen<FaultChanged>[] = [];
  /** Probes of good and of violating pods, in the order of their answers. */
  readonly probes: Probe[] = [];
  /** Violating pods that were seen to go, as `Pod/namespace/name`. */
  readonly gone = new Set<string>();
  /** Moments that are no step of a person: preemptions, and what the method marks. */
  readonly moments: { seq: number; t: number; what: string }[] = [];
  /** Names of the scenario's hidden steps that were done. */
  readonly done = new Set<string>();
  run: Seen<RunStarted> | undefined;
  ended: Seen<RunEnded> | undefined;
  cluster: Extract<JournalEvent, { type: 'cluster.ready' }> | undefined;
  /** The last moment of the game that anything is known of; without an end of the game, the last one at all. */
  end = 0;
  #over = Number.POSITIVE_INFINITY;

  static from(events: Iterable<JournalEvent>): GameDayRecord {
    const record = new GameDayRecord();
    for (const event of events) record.see(event);
    return record;
  }

  see(event: JournalEvent): void {
    if (event.type === 'watch') this.sight.add(event);
    else if (event.type === 'run.ended') this.ended = event;
    // What comes after the end is the clean-up's, and counts for nobody. The audit log may be late, its times are not.
    else if (event.t <= this.#over) this.#play(event);
  }

  #play(event: JournalEvent): void {
    if (event.t > this.end) this.end = event.t;
    switch (event.type) {
      case 'run.started':
        this.run = event;
        break;
      case 'cluster.ready':
        this.cluster ??= event;
        break;
      case 'gameday':
        this.steps.push(event);
        if (event.op === 'ended') this.#over = event.t;
        break;
      case 'audit':
        this.audits.push(event);
        break;
      case 'fault':
        this.faults.push(event);
        break;
      case 'probe':
        if (event.probe !== 'audit') this.probes.push(event);
        break;
      case 'mark':
        if (event.name === 'fanout.started') this.#moment(event, 'the encoding Job is submitted');
        if (event.name === STEP_DONE) this.done.add(String(event.data?.step));
        break;
      case 'object':
        this.#object(event);
        break;
    }
  }

  /** When the crew took over; undefined before. */
  get started(): (Seen<GameDayStep> & { op: 'started' }) | undefined {
    return this.steps.find((step) => step.op === 'started');
  }

  /** Pauses from the beginning, the last one perhaps still open. */
  get pauses(): { from: number; to: number }[] {
    const found: { from: number; to: number }[] = [];
    let open: number | undefined;
    for (const { op, t } of this.steps) {
      if (op === 'paused') open ??= t;
      if (op === 'resumed' && open !== undefined) {
        found.push({ from: open, to: t });
        open = undefined;
      }
    }
    if (open !== undefined) found.push({ from: open, to: Number.POSITIVE_INFINITY });
    return found;
  }

  /** Seconds from one moment to another, without the pauses between them. */
  active(from: number, to: number): number {
    const paused = this.pauses.reduce((sum, p) => sum + Math.max(0, Math.min(p.to, to) - Math.max(p.from, from)), 0);
    return Math.max(0, to - from - paused);
  }

  paused(t: number): boolean {
    return this.pauses.some((p) => t >= p.from && t < p.to);
  }

  #object(event: Extract<JournalEvent, { type: 'object' }>): void {
    const { kind, op, ns, name, state } = event;
    if (kind === 'Pod' && op === 'deleted' && (state as PodState).role === 'violating') {
      this.gone.add(`Pod/${ns}/${name}`);
    }
    if (kind === 'Event' && op === 'added' && 'regarding' in state && state.reason === 'Preempted') {
      this.#moment(event, `the scheduler preempts ${state.regarding}`);
    }
    if (kind.endsWith('WebhookConfiguration') && name.includes('-resource-') && op !== 'modified' && op !== 'listed') {
      const gone = op === 'deleted';
      this.#moment(event, `${name} is ${gone ? 'deleted' : 'there again'}`);
    }
  }

  #moment({ seq, t }: Envelope, what: string): void {
    this.moments.push({ seq, t, what });
  }
}
