import type { SchedulerSample } from '../journal/events.ts';
import type { JournalView } from './journal-view.ts';

/** A reading every second or so; more than this without one is a hole. */
const MAX_GAP_SECONDS = 5;

/** How busy the scheduler was in an interval, by its own metrics. */
export interface SchedulerLoad {
  /** Pods in all of its queues at the beginning, at most, and at the end. */
  depthBefore: number;
  depthMost: number;
  depthEnd: number;
  /** Attempts to place a pod, and how many of them were in vain. */
  attempts: number;
  attemptsInVain: number;
  /** The most between two readings. */
  attemptsPerSecondMost: number;
  preemptions: number;
}

/** Undefined when its metrics were not read all along. */
export function schedulerLoad(view: JournalView, from: number, to: number): SchedulerLoad | undefined {
  const before = view.scheduler.findLast((s) => s.t <= from);
  const inside = view.scheduler.filter((s) => s.t > from && s.t <= to);
  if (before === undefined || from - before.t > MAX_GAP_SECONDS) return undefined;
  const all = [before, ...inside];
  const times = [...all.map(({ t }) => t), to];
  if (times.slice(1).some((t, i) => t - times[i]! > MAX_GAP_SECONDS)) return undefined;
  const last = all.at(-1)!;
  const rates = all.slice(1).map((s, i) => (tried(s) - tried(all[i]!)) / Math.max(s.t - all[i]!.t, 0.001));
  return {
    depthBefore: depth(before),
    depthMost: Math.max(...all.map(depth)),
    depthEnd: depth(last),
    attempts: tried(last) - tried(before),
    attemptsInVain: vain(last) - vain(before),
    attemptsPerSecondMost: Math.round(Math.max(0, ...rates)),
    preemptions: last.preemptions - before.preemptions,
  };
}

function depth({ pending }: SchedulerSample): number {
  return pending.active + pending.backoff + pending.unschedulable;
}

function vain({ attempts }: SchedulerSample): number {
  return attempts.unschedulable + attempts.error;
}

function tried(sample: SchedulerSample): number {
  return sample.attempts.scheduled + vain(sample);
}
