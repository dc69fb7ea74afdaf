import type { Mark } from '../journal/events.ts';
import type { Finding } from './finding.ts';
import type { JournalView, Line } from './journal-view.ts';
import type { Moment, PodLife, Seen } from './object-index.ts';
import { readiness } from './readiness.ts';
import { inconclusive } from './verdicts.ts';

/** A machine that came up during the run, and what the journal says of its node. */
export interface JoinedNode {
  /** Its full name. */
  node: string;
  joining: Line<Mark>;
  /** Every line about its Node object, oldest first; empty when it never registered. */
  lines: readonly Seen<'Node'>[];
  /** The next deletion of the rules; undefined when nobody deleted them. */
  rulesDeleted: Moment | undefined;
}

/** The node with this short name; undefined when none of that name began to join. */
export function joinedNode(view: JournalView, name: string): JoinedNode | undefined {
  const joining = view.marks('node.joining').find((m) => m.data?.name === name);
  if (joining === undefined) return undefined;
  const node = String(joining.data?.node);
  const lines = view
    .objects('Node')
    .filter((h) => h.name === node)
    .flatMap((h) => h.seen);
  return { node, joining, lines, rulesDeleted: rulesDeletedAfter(view, joining.seq) };
}

/** The mark is set when the last deletion is answered; the gate is open from when the first was asked for. */
function rulesDeletedAfter(view: JournalView, seq: number): Moment | undefined {
  const mark = view.marks('rules.deleted').find((m) => m.seq > seq);
  if (mark === undefined) return undefined;
  const first = view.requests.find((r) => r.intent === 'delete-rules' && r.code === 200 && r.seq > seq);
  return { seq: mark.seq, t: first === undefined ? mark.t : Math.min(mark.t, first.t - first.seconds) };
}

/** The first pod of a DaemonSet on a node: the node's set-up, its network first of all. */
export function firstSetUpPod(view: JournalView, node: string): Readonly<PodLife> | undefined {
  let first: Readonly<PodLife> | undefined;
  for (const pod of view.pods()) {
    const ours = pod.seen.some((s) => s.state.node === node && s.state.owner?.startsWith('DaemonSet/'));
    if (ours && (first === undefined || pod.first.t < first.first.t)) first = pod;
  }
  return first;
}

/** Why a node's fate in an interval cannot be put down to the missing gatekeeper; undefined when it can. */
export function gateWasDown(view: JournalView, from: number, to: number): Finding | { evidence: number[] } {
  const { steps, blind } = readiness(view, from, to);
  if (blind !== undefined) return inconclusive(`whether a gatekeeper was there cannot be judged: ${blind}`);
  const before = steps.findLast((s) => s.t <= from);
  const up = before?.ready === 0 ? steps.find((s) => s.t > from && s.t <= to && s.ready > 0) : before;
  if (up !== undefined) return inconclusive('a gatekeeper replica was ready meanwhile', [up.seq]);
  return { evidence: before === undefined ? [] : [before.seq] };
}
