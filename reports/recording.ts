import type { DeadlockShape, JournalEvent } from '../harness/journal/events.ts';

/**
 * What a report draws beside the numbers of a result: read off the journal once, downsampled, and independent of its
 * size. Times are seconds since the run began.
 */
export interface Recording {
  timeline: Timeline;
  /** The turning points in order, each with the journal line that shows it. */
  moments: Moment[];
  /** The proven chain of the deadlock; undefined when there was none, or it did not close. */
  loop: Loop | undefined;
  gate: Gate;
  /** The journal lines that checks, moments and the loop cite, by number. */
  lines: JournalEvent[];
}

export interface Timeline {
  end: number;
  /** Seconds from one point of `pods` to the next. The first point is at 0. */
  step: number;
  pods: PodCounts;
  replicas: ReplicaSteps;
  refusals: Refusals;
  api: ApiLatency[];
  windows: Window[];
}

/** Pods of the fan-out that exist, by state, at each point. */
export type PodCounts = Record<PodStateName, number[]>;
export type PodStateName = 'waiting' | 'running' | 'succeeded' | 'failed';

/** From `t[i]` on, `ready[i]` gatekeeper replicas can serve. */
export interface ReplicaSteps {
  t: number[];
  ready: number[];
  /** Why it cannot be told; the steps are then not to be trusted. */
  blind?: string;
}

/** Requests refused because no gatekeeper answered its webhook, per second, in intervals of `step` seconds from 0 on. */
export interface Refusals {
  step: number;
  perSecond: number[];
}

/** Latency of one class of requests in seconds, in intervals of `step` seconds from 0 on; null where none was made. */
export interface ApiLatency {
  class: string;
  step: number;
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
}

export type WindowKind = 'fault' | 'outage' | 'exposure' | 'recovery' | 'blind';

/** A stretch of the run that is shaded; `to` is the end of the run when it did not end. */
export interface Window {
  kind: WindowKind;
  what: string;
  from: number;
  to: number;
}

export interface Moment {
  t: number;
  seq: number;
  what: string;
}

/** The loop of F9: each link's `from` cannot go on because of its `to`. Objects are `Kind/namespace/name`. */
export interface Loop {
  shape: DeadlockShape;
  links: LoopLink[];
  cut?: Cut;
}

export interface LoopLink {
  from: string;
  to: string;
  why: string;
  evidence: number[];
}

/** What ended the loop, and which link it took away. */
export interface Cut {
  /** Index into `links`. */
  link: number;
  t: number;
  seq: number;
  what: string;
}

/** What the cluster's gate looked like when it was ready; what the journal does not show is left out. */
export interface Gate {
  shape?: DeadlockShape;
  /** Identities that were refused the deletion of the rules by RBAC. */
  mayNotOpen: string[];
  /** The webhook configurations that were deleted to get out, as `Kind/name`. */
  opened: string[];
  /** What the gatekeeper's pods had when the same trigger came the second time. */
  guarded?: { replicas: number; priority: number };
  /** Pods that slipped in and were still there at the end, as `namespace/name`; the first hundred. */
  slippedIn: string[];
}
