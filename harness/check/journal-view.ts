import type {
  ClientsTold,
  ClusterReady,
  Envelope,
  FaultChanged,
  ForecastMade,
  HarnessSample,
  JournalEntry,
  JournalEvent,
  Mark,
  ProbeAnswered,
  ProcessChanged,
  RecoveryStep,
  RequestMade,
  RunEnded,
  RunStarted,
  SchedulerSample,
  Watched,
  WatchedKind,
} from '../journal/events.ts';
import { ApiRecord } from './api-record.ts';
import { Marks } from './marks.ts';
import { MetricsRecord } from './metrics-record.ts';
import { type History, ObjectIndex, type PodLife, type Seen } from './object-index.ts';
import { WatchSight } from './watch-sight.ts';

export type Line<E extends JournalEntry> = Envelope & E;

export interface PhaseSpan {
  phase: string;
  title: string;
  startedAt: string;
  from: number;
  /** End in seconds; the end of the journal when the phase was cut off. */
  to: number;
  /** Undefined when the phase was cut off. */
  ok: boolean | undefined;
  reason: string | undefined;
  seqs: number[];
}

/**
 * A journal, indexed once for every checker and report: what they ask for by type, name or object is at hand.
 * Times are seconds since the run began. Nothing in it may be changed.
 */
export class JournalView {
  /** What the API sampler wrote down, and what Prometheus servers claimed. */
  readonly api = new ApiRecord();
  readonly metrics = new MetricsRecord();
  readonly #objects = new ObjectIndex();
  readonly #watches = new WatchSight();
  readonly #marks = new Marks();
  readonly #phases: PhaseSpan[] = [];
  readonly #requests: Line<RequestMade>[] = [];
  readonly #probes: Line<ProbeAnswered>[] = [];
  readonly #processes: Line<ProcessChanged>[] = [];
  readonly #recovery: Line<RecoveryStep>[] = [];
  readonly #faults: Line<FaultChanged>[] = [];
  readonly #forecasts: Line<ForecastMade>[] = [];
  readonly #samples: Line<HarnessSample>[] = [];
  readonly #scheduler: Line<SchedulerSample>[] = [];
  readonly #clients: Line<ClientsTold>[] = [];
  #run: Line<RunStarted> | undefined;
  #ended: Line<RunEnded> | undefined;
  #cluster: Line<ClusterReady> | undefined;
  #end = 0;
  #size = 0;

  private constructor() {}

  /** Reads the events once, in order. Encoding pods keep only the moments of their lives, so that 30,000 of them fit. */
  static from(events: Iterable<JournalEvent>): JournalView {
    const view = new JournalView();
    for (const event of events) view.#add(event);
    for (const phase of view.#phases) if (phase.ok === undefined) phase.to = view.#end;
    return view;
  }

  get run(): Line<RunStarted> | undefined {
    return this.#run;
  }
  get ended(): Line<RunEnded> | undefined {
    return this.#ended;
  }
  get cluster(): Line<ClusterReady> | undefined {
    return this.#cluster;
  }
  /** When the run ended (a cut-off one: its last line), in seconds. In the clean-up observers stop one by one, unblamed. */
  get end(): number {
    return this.#end;
  }
  get size(): number {
    return this.#size;
  }
  get phases(): readonly Readonly<PhaseSpan>[] {
    return this.#phases;
  }
  get requests(): readonly Line<RequestMade>[] {
    return this.#requests;
  }
  /** Exposure and enforcement probes. */
  get probes(): readonly Line<ProbeAnswered>[] {
    return this.#probes;
  }
  get processes(): readonly Line<ProcessChanged>[] {
    return this.#processes;
  }
  get recovery(): readonly Line<RecoveryStep>[] {
    return this.#recovery;
  }
  get faults(): readonly Line<FaultChanged>[] {
    return this.#faults;
  }
  get forecasts(): readonly Line<ForecastMade>[] {
    return this.#forecasts;
  }
  get samples(): readonly Line<HarnessSample>[] {
    return this.#samples;
  }
  get scheduler(): readonly Line<SchedulerSample>[] {
    return this.#scheduler;
  }
  /** How many dashboards, watchers and controllers there were, and what became of their requests. */
  get clients(): readonly Line<ClientsTold>[] {
    return this.#clients;
  }

  phase(name: string): Readonly<PhaseSpan> | undefined {
    return this.#phases.find((p) => p.phase === name);
  }

  /** The first mark of that name. */
  mark(name: string): Line<Mark> | undefined {
    return this.#marks.of(name)[0];
  }

  marks(name: string): readonly Line<Mark>[] {
    return this.#marks.of(name);
  }

  /** Every pod ever seen. */
  pods(): Iterable<Readonly<PodLife>> {
    return this.#objects.pods.values();
  }

  podsOf(role: string): readonly Readonly<PodLife>[] {
    return this.#objects.podsOf(role);
  }

  /** Every object of a kind but Pod (see `pods`), with all its lines. */
  objects<K extends Exclude<WatchedKind, 'Pod'>>(kind: K): readonly History<K>[] {
    return this.#objects.histories(kind);
  }

  /** First lines of the Kubernetes Events of a reason, in an interval of seconds. */
  events(reason: string, from = 0, to = this.#end): Seen<'Event'>[] {
    const lines = this.objects('Event').flatMap((h) => h.seen.find((s) => s.t >= from && s.t <= to) ?? []);
    return lines.filter((s) => s.state.reason === reason && s.op !== 'deleted').sort((a, b) => a.seq - b.seq);
  }

  synced(kind: Watched, by: number): boolean {
    return this.#watches.synced(kind, by);
  }

  /** Why nothing can be said about a kind in an interval of seconds; undefined when the watch saw all of it. */
  blind(kind: Watched, from: number, to: number): string | undefined {
    return this.#watches.blind(kind, from, to);
  }

  /** Did anybody watch the containers of the real nodes? Where a node agent runs them it writes its own lines instead. */
  get watchesProcesses(): boolean {
    return this.#watches.began('Process');
  }

  /** Since when, in seconds, and why a watch saw nothing more before it was stopped. */
  lost(kind: Watched): { from: number; reason: string } | undefined {
    return this.#watches.lost(kind);
  }

  /** Up to when a kind was watched, in seconds. */
  watchedUntil(kind: WatchedKind): number {
    return this.#watches.stoppedAt(kind) ?? this.#end;
  }

  #add(event: JournalEvent): void {
    this.#size++;
    if (this.#ended === undefined && event.t > this.#end) this.#end = event.t;
    if (this.metrics.takes(event)) return;
    switch (event.type) {
      case 'object':
        this.#objects.add(event);
        return;
      case 'watch':
        this.#watches.add(event);
        return;
      case 'mark':
        this.#marks.add(event);
        return;
      case 'phase.started': {
        const { phase, title, at, t, seq } = event;
        const span = { phase, title, startedAt: at, from: t, to: t, ok: undefined, reason: undefined, seqs: [seq] };
        this.#phases.push(span);
        return;
      }
      case 'phase.ended': {
        const open = this.#phases.findLast((p) => p.phase === event.phase && p.ok === undefined);
        if (open === undefined) return;
        open.to = event.t;
        open.ok = event.ok;
        open.reason = event.reason;
        open.seqs.push(event.seq);
        return;
      }
      case 'request':
        return void this.#requests.push(event);
      case 'probe':
        return void this.#probes.push(event);
      case 'samples':
      case 'sampler':
        this.api.add(event);
        return;
      case 'clients':
        return void this.#clients.push(event);
      case 'process':
        return void this.#processes.push(event);
      case 'recovery':
        return void this.#recovery.push(event);
      case 'fault':
        return void this.#faults.push(event);
      case 'forecast':
        return void this.#forecasts.push(event);
      case 'harness':
        return void this.#samples.push(event);
      case 'scheduler':
        return void this.#scheduler.push(event);
      case 'run.started':
        this.#run = event;
        return;
      case 'run.ended':
        this.#ended = event;
        return;
      case 'cluster.ready':
        this.#cluster ??= event;
        return;
      case 'gameday':
      case 'audit':
      case 'note':
    }
  }
}
