import type { Envelope, MetricClaim } from '../journal/events.ts';
import type { JournalView } from './journal-view.ts';
import { secs } from './verdicts.ts';

/** When a source fell silent, as the cluster itself tells it: the process of its pod ended. */
export interface Death {
  t: number;
  seq: number;
}

/** What one panel of one server showed after its source was gone. */
export interface Lie {
  server: string;
  setup: string;
  what: 'value' | 'up';
  /** Seconds of the run in which it went on as if nothing had happened. */
  seconds: number;
  /** It still did so when it was last looked at. */
  open: boolean;
  /** For how long it was looked at, from the death of its source. */
  watched: number;
  /** What it said last while it lied. */
  says: number | undefined;
  /** When it last lied. */
  last: number;
  evidence: number[];
}

export interface Unknown {
  server: string;
  setup: string;
  what: 'value' | 'up';
  /** Why nothing can be said. */
  reason: string;
}

/** F4: what every panel of every server made of the death of its source. */
export function liesOf(view: JournalView): (Lie | Unknown)[] {
  return view.metrics.claims.flatMap((claim) => {
    const { server, setup, what } = claim;
    if (what === 'alert' || setup === undefined) return [];
    const found = judged(view, claim, setup);
    return [typeof found === 'string' ? { server, setup, what, reason: found } : { ...found, what }];
  });
}

/** When the source of a set-up died; the reason when that is not known, or when it came back by a time. */
export function deathOf(view: JournalView, setup: string, until: number): Death | string {
  const { started } = view.metrics;
  if (started === undefined) return 'the metrics were never set up';
  const source = sourceOf(view, setup);
  if (source === undefined) return `there is no set-up "${setup}"`;
  const mine = view.processes.filter((p) => p.pod.startsWith(`${source}-`));
  const died = mine.find((p) => p.op === 'exited');
  if (died === undefined) return `the pod of ${source} was never seen to end`;
  const back = mine.find((p) => p.op === 'started' && p.t > died.t && p.t < until);
  if (back !== undefined) return `a pod of ${source} came back at ${secs(back.t)}`;
  return { t: died.t, seq: died.seq };
}

/** The Deployment behind a set-up; `federate` is the federating job itself. */
function sourceOf(view: JournalView, setup: string): string | undefined {
  const name = setup === 'federate' ? 'federation' : setup;
  return view.metrics.started?.setups.find((s) => s.name === name)?.source;
}

/** Up to when a claim was asked for. */
export function endOf({ from, step, values }: MetricClaim): number {
  return from + step * (values.length - 1);
}

type Judged = Omit<Lie, 'what'>;

function judged(view: JournalView, claim: Envelope & MetricClaim, setup: string): Judged | string {
  const { server, what, from, step, values, reason, seq } = claim;
  const broke = view.metrics.broken(server);
  if (broke !== undefined) return `Prometheus ${server} ended at ${secs(broke.t)}: ${broke.reason}`;
  if (reason !== undefined) return reason;
  if (values.length === 0) return `Prometheus ${server} showed nothing at all for ${claim.expr}`;
  const until = endOf(claim);
  const death = deathOf(view, setup, until);
  if (typeof death === 'string') return death;
  // A target that is said to be down is the truth; any value of a queue that nobody counts is not.
  const lies = (value: number | null | undefined) =>
    value !== null && value !== undefined && (what !== 'up' || value > 0);
  const first = Math.ceil((death.t - from) / step);
  if (first < 1 || first >= values.length) return `${setup} was not looked at when its source died`;
  if (!lies(values[first - 1]) && !lies(values[first - 2]))
    return `${claim.expr} showed nothing before its source died`;
  const after = values.slice(first);
  const last = after.findLastIndex(lies);
  return {
    server,
    setup,
    seconds: after.filter(lies).length * step,
    open: last === after.length - 1,
    watched: until - death.t,
    says: after[last] ?? undefined,
    last: from + step * (first + last),
    evidence: [death.seq, seq],
  };
}
