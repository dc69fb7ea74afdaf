import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';

/** The scheduler made room by ending a pod. */
export interface Preempted {
  pod: PodLife;
  seq: number;
  t: number;
  /** uid of the pod that it made room for, where its Event says so. */
  by: string | undefined;
}

/**
 * The first of some pods that the scheduler preempted in an interval of seconds: its Event says so, or the condition that it
 * sets on its victim. Under a fan-out it may drop the Event: it holds 1,000 of them back and loses what comes on top.
 */
export function firstPreempted(
  view: JournalView,
  pods: readonly PodLife[],
  from: number,
  to: number,
): Preempted | undefined {
  const byRef = new Map(pods.map((pod) => [podRef(pod), pod]));
  for (const { seq, t, state } of view.events('Preempted', from, to)) {
    const pod = byRef.get(state.regarding);
    // The scheduler names the winner by its UID only: "Preempted by pod UID on node NODE".
    if (pod !== undefined) return { pod, seq, t, by: /Preempted by pod (\S+)/.exec(state.message)?.[1] };
  }
  const conditions = pods.flatMap((pod) => {
    const line = pod.seen.find((s) => s.t >= from && s.t <= to && s.state.disruption === 'PreemptionByScheduler');
    return line === undefined ? [] : [{ pod, seq: line.seq, t: line.t, by: undefined }];
  });
  return conditions.sort((a, b) => a.seq - b.seq)[0];
}
