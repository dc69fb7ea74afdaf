import type { Finding, Verdict } from '../harness/check/finding.ts';
import type { RunEnded } from '../harness/journal/events.ts';

/** What the cluster did: it fell (did not heal by itself), limped (hurt but healed), or stood. */
export type Outcome = 'fell' | 'limped' | 'stood' | 'unknown';

/** `result.json`, version 1. Durations in seconds, sizes in bytes, times ISO 8601 UTC. Keys are written sorted. */
export interface Result {
  schemaVersion: 1;
  runId: string;
  startedAt: string;
  durationSeconds: number;
  verdict: Verdict;
  argv: string[];
  seed: number;
  /** Digest of the profile's settings without its versions; absent in results of before there was one. */
  settings?: string;
  falldown: { version: string; commit: string; dirty: boolean };
  host: { cores: number; memoryBytes: number };
  cluster: { provider: string; kubernetesVersion: string; nodes: number; fakeNodes: number } | null;
  gatekeeper: { name: string; version: string; replicas: number; priority: number } | null;
  experiments: ExperimentResult[];
}

export interface ExperimentResult {
  name: string;
  title: string;
  profile: string;
  facts: string[];
  verdict: Verdict;
  outcome: Outcome;
  /** One sentence in plain words. */
  reason: string;
  phases: PhaseResult[];
  checks: CheckResult[];
  measures: Measures;
  /** How the run ended; a run that broke is a harness fault in JUnit, not a failed expectation. */
  ended?: { how: RunEnded['how']; reason?: string };
  /** The turning points that are no numbers; what the journal does not show is left out. */
  story?: Story;
  /** Of a matrix: one result a cell, in the order they were asked for. */
  cells?: CellResult[];
  /** Of a matrix: what all cells together say. */
  conclusion?: Conclusion;
}

export type Scalar = string | number | boolean;

/** One cell of a matrix: an experiment of its own, with a journal of its own. */
export interface CellResult {
  name: string;
  title: string;
  /** Path of its journal in the run's folder. */
  journal: string;
  /** Name of the cell that this one repeats. */
  repeats?: string;
  verdict: Verdict;
  outcome: Outcome;
  reason: string;
  /** Of a cell that was repeated and did not end the same each time: `stood 2 of 3, fell 1 of 3`. */
  outcomes?: string;
  /** When it was begun; null when it never was. */
  startedAt: string | null;
  durationSeconds: number;
  /** From asking for the cell to a working cluster: all watches synced, the gatekeeper inspected. */
  startSeconds: number | null;
  phases: PhaseResult[];
  checks: CheckResult[];
  measures: Measures;
  /** The experiment's own numbers of this cell. */
  values: Record<string, Scalar | null>;
  ended?: { how: RunEnded['how']; reason?: string };
}

export interface Conclusion {
  /** Sentences in plain words, the most important first. */
  lines: string[];
  tables: Table[];
  /** Command lines to keep, e.g. for a runbook, and what they do. */
  commands?: { title: string; lines: string[] };
}

export interface Table {
  title: string;
  columns: string[];
  /** As many cells as columns; null is what was not measured. */
  rows: (Scalar | null)[][];
}

export interface Story {
  /** The pod of the gatekeeper that was taken away first, and by what. */
  evicted?: {
    pod: string;
    how: 'preemption' | 'node-pressure' | 'drain' | 'deletion';
    /** The pod or node that took its place or pushed it out. */
    by?: string;
    priority?: number;
    byPriority?: number;
  };
  /** What people tried, in order of the first try; same actor, intent and code are counted together. */
  attempts?: Attempt[];
}

export interface Attempt {
  /** The identity, e.g. `infra-oncall`. */
  actor: string;
  /** What they wanted, e.g. `delete-rules`. */
  intent: string;
  /** HTTP status; 0 when there was no answer. */
  code: number;
  times: number;
}

export interface PhaseResult {
  name: string;
  title: string;
  startedAt: string;
  startSeconds: number;
  durationSeconds: number;
  ok: boolean;
  reason?: string;
}

export interface CheckResult extends Finding {
  name: string;
  facts: string[];
}

/**
 * Latency of one class of requests, in seconds, of those that succeeded and those that timed out (with the time that
 * they were waited for). Null when there were none.
 */
export interface ApiClassMeasure {
  /** All requests that were due. */
  count: number;
  /** Refused, failed or broken off: fast or not, they are no latency. */
  errors: number;
  /** Given up by the client, or still open at the end. */
  timeouts: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** Numbers read off the journal. A number that was not measured is null, never 0. */
export interface Measures {
  podsRequested: number | null;
  podsCreated: number | null;
  podsSucceeded: number | null;
  podsPerSecond: number | null;
  segmentsLost: number | null;
  segmentsRepeated: number | null;
  gatekeeperOutageSeconds: number | null;
  refusedRequests: number | null;
  refusedDeletes: number | null;
  selfHealed: boolean | null;
  holdSeconds: number | null;
  exposureSeconds: number | null;
  violatingPodsAdmitted: number | null;
  violatingPodsLeft: number | null;
  timeToRecoverSeconds: number | null;
  clusterReadySeconds: number | null;
  toolchainSeconds: number | null;
  /** Seconds from the deletion of the rules to each step, in order (F14). */
  unwinding: { step: string; seconds: number }[];
  /** The safeguarded half (F16), when the run had one. */
  safeguarded: { refusedRequests: number; minReadyReplicas: number; requiredReplicas: number } | null;
  /** Latency per request class; `CLASS@gateway` went through the gateway. */
  api: Record<string, ApiClassMeasure>;
  /** The same per phase, by the name of the phase. */
  apiByPhase: Record<string, Record<string, ApiClassMeasure>>;
  /**
   * What sampling cost: CPU seconds; how late its event loop was, p99 of the run and the highest p99 of 5 s; how late its
   * requests were sent, the highest p99 of 5 s. In seconds. And whether its thread ran ahead of all that is scheduled
   * ordinarily: if not, all of these delays, and the latencies in `api`, have in them what it waited for a CPU.
   */
  sampler: {
    cpuSeconds: number;
    gatewayCpuSeconds: number | null;
    eventLoopDelayP99: number;
    worstEventLoopDelayP99?: number | undefined;
    latenessP99: number;
    realTime: boolean;
  } | null;
  harness: { maxRssBytes: number; eventLoopDelayP99: number; worstEventLoopDelayP99?: number | undefined } | null;
}
