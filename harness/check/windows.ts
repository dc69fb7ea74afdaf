import type { JournalView } from './journal-view.ts';
import { firstZero, readiness, type Step } from './readiness.ts';

/** The unprotected half of the method: from the first trigger to the second, or to the end of the journal. */
export interface Collision {
  from: number;
  to: number;
  triggerSeq: number;
}

export function collision(view: JournalView): Collision | undefined {
  const trigger = view.mark('trigger.injected');
  if (trigger === undefined) return undefined;
  // Installing the safeguards replaces gatekeeper pods on purpose; what they do then is not the collision's doing.
  const ends = [view.phase('safeguards')?.from, view.mark('second-trigger.injected')?.t].filter((t) => t !== undefined);
  // Preemption takes 0.1 s: it may be journalled before the call that injected the trigger has returned and set its mark.
  const phase = view.phases.find((p) => p.from <= trigger.t && trigger.t <= p.to);
  const from = Math.max(phase?.from ?? trigger.t, view.marks('trigger.discounted').at(-1)?.t ?? 0);
  return { from, to: Math.min(view.end, ...ends), triggerSeq: trigger.seq };
}

/** When the last ready gatekeeper replica was gone, in the unprotected half. */
export function fall(view: JournalView, within: Collision): { step: Step | undefined; blind: string | undefined } {
  const { steps, blind } = readiness(view, within.from, firstZeroOr(view, within));
  return { step: firstZero(steps, within.from, within.to), blind };
}

/** A gap after the fall does not hide it, so only the time up to the fall has to be in sight. */
function firstZeroOr(view: JournalView, within: Collision): number {
  const { steps } = readiness(view, within.from, within.from);
  return firstZero(steps, within.from, within.to)?.t ?? within.to;
}

/** Different observers (a watch, the node agent's log, the harness itself) see the same moment up to this much apart; seconds. */
export const SKEW_SECONDS = 1;

/**
 * When the rules were gone. The mark is set after the last deletion was answered, and the first may have opened the
 * gate already: what came in since then counts.
 */
export function opening(view: JournalView): { seq: number; t: number } | undefined {
  const mark = view.mark('rules.deleted');
  if (mark === undefined) return undefined;
  const first = view.requests.find(
    (r) => r.intent === 'delete-rules' && r.code >= 200 && r.code < 300 && r.seq < mark.seq,
  );
  return { seq: mark.seq, t: first === undefined ? mark.t : Math.min(mark.t, first.t - first.seconds) };
}

/** When the gate was first said to enforce again after it was opened. */
export function closing(view: JournalView): { seq: number; t: number } | undefined {
  const open = opening(view);
  return open === undefined ? undefined : view.marks('gate.enforcing').find((m) => m.seq > open.seq);
}

/** Where a checker of latency looks. */
export interface Within {
  /** One phase; default: from the beginning of the first phase to the end of the last. */
  phase?: string;
  /** Of that phase only the time while a fault was in place. */
  underFault?: boolean;
  /** An interval of seconds, and how a sentence names it. */
  between?: { from: number; to: number; where: string };
}

/** An interval in seconds, and how a sentence names it; the reason when the run never came that far. */
export function span(
  view: JournalView,
  { phase, underFault = false, between }: Within,
): { from: number; to: number; where: string } | string {
  if (between !== undefined) return between;
  if (phase !== undefined) {
    const found = view.phase(phase);
    if (found === undefined) return `the run never reached the phase "${phase}"`;
    if (!underFault) return { from: found.from, to: found.to, where: ` in ${phase}` };
    const inside = view.faults.filter((f) => f.t >= found.from && f.t <= found.to);
    const [began, ended] = (['injected', 'reverted'] as const).map((op) => inside.find((f) => f.op === op)?.t);
    if (began === undefined) return `no fault was injected in ${phase}`;
    return { from: began, to: ended ?? found.to, where: ` under the fault in ${phase}` };
  }
  const [first] = view.phases;
  if (first === undefined) return 'the run never reached its first phase';
  return { from: first.from, to: view.phases.at(-1)?.to ?? view.end, where: '' };
}
