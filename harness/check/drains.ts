import type { RequestMade } from '../journal/events.ts';
import type { JournalView, Line } from './journal-view.ts';
import { type PodLife, podRef, type Seen } from './object-index.ts';

/** One drain of a node, in the phase that it happened in. */
export interface Drain {
  from: number;
  to: number;
  cordon: Line<RequestMade>;
  /** `Node/NAME`. */
  node: string;
  /** Evictions of gatekeeper pods that were asked for, in order. */
  asked: Line<RequestMade>[];
  /** The gatekeeper pods that they were about. */
  pods: Readonly<PodLife>[];
  /** The line that shows the node cordoned. */
  cordoned: Seen<'Node'> | undefined;
}

/** The drain of a phase; undefined when no node was cordoned in it. */
export function drainIn(view: JournalView, phase: string): Drain | undefined {
  const span = view.phase(phase);
  if (span === undefined) return undefined;
  const { from, to } = span;
  const inside = view.requests.filter((r) => r.t >= from && r.t <= to);
  const cordon = inside.find((r) => r.intent === 'cordon' && r.code === 200);
  if (cordon === undefined) return undefined;
  const refs = new Map(view.podsOf('gatekeeper').map((p) => [podRef(p), p]));
  const asked = inside.filter((r) => r.intent === 'drain' && refs.has(r.object));
  const names = new Set(asked.map((r) => r.object));
  return {
    from,
    to,
    cordon,
    node: cordon.object,
    asked,
    pods: [...refs].flatMap(([ref, pod]) => (names.has(ref) ? [pod] : [])),
    cordoned: view
      .objects('Node')
      .filter((h) => `Node/${h.name}` === cordon.object)
      .flatMap((h) => h.seen)
      .find((s) => s.t >= from && s.t <= to && s.state.unschedulable),
  };
}

/** The first line that shows a pod on its way out, in an interval. */
export function leaving(pod: Readonly<PodLife>, from: number, to: number): Seen<'Pod'> | undefined {
  return pod.seen.find((s) => s.t >= from && s.t <= to && (s.state.deleting || s.op === 'deleted'));
}
