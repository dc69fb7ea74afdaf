import type { JournalEvent } from '../journal/events.ts';
import { Live } from '../observe/live.ts';

/** One panel of the crew's dashboard, and the truth behind it. Null: no data. */
export interface Panel {
  name: string;
  unit: string;
  /** What the crew is shown. */
  shown: number | null;
  truth: number | null;
}

interface Gauge {
  name: string;
  unit: string;
  /** Null: its source is silent. */
  read(live: Live, probes: Probes): number | null;
}

/** What the gatekeeper's own exporter would know of its answers. */
interface Probes {
  /** Seconds; null while it does not answer. */
  answerSeconds: number | null;
}

const GAUGES: readonly Gauge[] = [
  {
    name: 'Gatekeeper replicas ready',
    unit: '',
    // Its own exporter tells of it: when it is gone nobody says 0.
    read: (live) => (live.readyEndpoints === 0 ? null : live.readyEndpoints),
  },
  { name: 'Gatekeeper answers in', unit: 's', read: (_, { answerSeconds }) => answerSeconds },
  { name: 'API server p99', unit: 's', read: (live) => live.api.p99 ?? null },
  { name: 'Encoding pods running', unit: '', read: (live) => live.encoding.Running },
  { name: 'Encoding pods waiting', unit: '', read: (live) => live.encoding.Pending },
  { name: 'Segments encoded', unit: '', read: (live) => live.encoding.Succeeded },
  { name: 'Nodes ready', unit: '', read: (live) => [...live.nodes.values()].filter((n) => n.ready).length },
];

/**
 * The crew's dashboards: gauges that keep their last value while their source is silent, up to `staleSeconds`, as a
 * Prometheus does that was told to (F4). Fed with the journal, so what they said can be looked up afterwards.
 */
export class Dashboard {
  readonly #live = new Live();
  readonly #staleSeconds: number;
  readonly #last = new Map<string, { value: number; t: number }>();
  readonly #lied = new Map<string, { seconds: number; said: number }>();
  #probes: Probes = { answerSeconds: null };
  #t = 0;

  constructor(staleSeconds: number) {
    this.#staleSeconds = staleSeconds;
  }

  /** What everybody could know; for the facilitator. */
  get live(): Live {
    return this.#live;
  }

  see(event: JournalEvent): void {
    this.#account(event.t);
    this.#live.see(event);
    if (event.type === 'probe' && event.probe !== 'audit') {
      const answers = event.answer === 'refused' || (event.answer === 'admitted' && this.#live.readyEndpoints > 0);
      this.#probes = { answerSeconds: answers ? event.seconds : null };
    }
    for (const { name, read } of GAUGES) {
      const value = read(this.#live, this.#probes);
      if (value !== null) this.#last.set(name, { value, t: event.t });
    }
  }

  /** The panels at a time not before the last event, in seconds of the run. */
  at(t: number): Panel[] {
    return GAUGES.map(({ name, unit, read }) => {
      const last = this.#last.get(name);
      const kept = last !== undefined && t - last.t <= this.#staleSeconds ? last.value : null;
      return { name, unit, shown: kept, truth: read(this.#live, this.#probes) };
    });
  }

  /** For how long each panel showed what was not so, and what it said last meanwhile. */
  get lies(): { panel: string; seconds: number; said: number }[] {
    return [...this.#lied].map(([panel, lie]) => ({ panel, ...lie }));
  }

  #account(t: number): void {
    const passed = t - this.#t;
    if (passed <= 0) return;
    for (const { name, shown, truth } of this.at(t)) {
      if (shown === null || truth !== null) continue;
      const lie = this.#lied.get(name) ?? { seconds: 0, said: shown };
      this.#lied.set(name, { seconds: lie.seconds + passed, said: shown });
    }
    this.#t = t;
  }
}
