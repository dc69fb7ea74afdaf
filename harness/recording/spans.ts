import type { Window } from '../../reports/recording.ts';
import type { JournalView } from '../check/journal-view.ts';
import { firstZero, readiness } from '../check/readiness.ts';
import { toMs } from '../check/verdicts.ts';
import { closing, opening } from '../check/windows.ts';

/** The stretches of a run that its charts shade, in the order they began. */
export function windows(view: JournalView): Window[] {
  return [...faults(view), ...outages(view), ...recovery(view), ...exposed(view)]
    .map((w) => ({ ...w, from: toMs(w.from), to: toMs(Math.min(w.to, view.end)) }))
    .sort((a, b) => a.from - b.from);
}

/** From each injection to the reversion of the same fault, or to the next injection of it, or to the end. */
function faults(view: JournalView): Window[] {
  const lines = view.faults;
  const injected = lines.filter((f) => f.op === 'injected');
  if (injected.length > 0) {
    return injected.map(({ t, seq, fault, describe }) => {
      const end = lines.find((f) => f.seq > seq && f.fault === fault);
      return { kind: 'fault', what: `${fault.replaceAll('-', ' ')}: ${describe}`, from: t, to: end?.t ?? view.end };
    });
  }
  const [first, second] = [view.mark('trigger.injected'), view.mark('second-trigger.injected')];
  const until = { first: view.mark('trigger.removed')?.t, second: view.mark('stand.ended')?.t };
  return [
    ...(first === undefined ? [] : [span('fault', 'the trigger is in place', first.t, until.first ?? view.end)]),
    ...(second === undefined ? [] : [span('fault', 'the same trigger again', second.t, until.second ?? view.end)]),
  ];
}

/** Every time that no gatekeeper replica was ready, after one had been. */
function outages(view: JournalView): Window[] {
  const from = view.phase('steady-state')?.from ?? view.cluster?.t;
  if (from === undefined) return [];
  const end = view.watchedUntil('Pod');
  const { steps, blind } = readiness(view, from, end);
  if (blind !== undefined) return [span('blind', blind, from, end)];
  const found: Window[] = [];
  for (let t = from; ; ) {
    const zero = firstZero(steps, t, end);
    if (zero === undefined) return found;
    const back = steps.find((s) => s.t > zero.t && s.ready > 0);
    // Before the first replica was ready there was nothing to lose.
    if (steps.some((s) => s.t <= zero.t && s.seq < zero.seq && s.ready > 0)) {
      found.push(span('outage', 'no gatekeeper replica is ready', Math.max(zero.t, t), back?.t ?? end));
    }
    if (back === undefined) return found;
    t = back.t;
  }
}

function recovery(view: JournalView): Window[] {
  const from = view.phase('recovery')?.from;
  if (from === undefined) return [];
  const to = view.mark('gate.enforcing')?.t ?? view.mark('hold.ended')?.t ?? view.end;
  return to < from ? [] : [span('recovery', 'the way out is taken', from, to)];
}

function exposed(view: JournalView): Window[] {
  const open = opening(view);
  if (open === undefined) return [];
  return [span('exposure', 'nothing is enforced', open.t, closing(view)?.t ?? view.end)];
}

function span(kind: Window['kind'], what: string, from: number, to: number): Window {
  return { kind, what, from, to };
}
