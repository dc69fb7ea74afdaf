import type { ApiSamples, SamplerState } from './api-events.ts';
import type { ClientsTold } from './client-events.ts';
import type { Forecast } from './forecast.ts';
import type { AuditedRequest, GameDayStep } from './gameday-events.ts';
import type { MetricEntry } from './metric-events.ts';
import type { ObjectState, WatchedKind } from './object-states.ts';

export type * from './api-events.ts';
export type * from './client-events.ts';
export type * from './gameday-events.ts';
export type * from './metric-events.ts';
export type * from './object-states.ts';

/**
 * What a run writes down. The journal is the only truth of a run: checks and
 * reports read it and nothing else, so an event carries what a check may need
 * and no more (30,000 pods must fit).
 *
 * Times: `t` is seconds since the run began, from a monotonic clock; `at` is the
 * wall clock (ISO 8601, UTC), for people and for lining up with other logs.
 */
export interface Envelope {
  /** 1, 2, 3 …; the evidence pointer of a finding. */
  seq: number;
  t: number;
  at: string;
}

export type JournalEvent = Envelope & JournalEntry;

export type JournalEntry =
  | RunStarted
  | RunEnded
  | ClusterReady
  | PhaseStarted
  | PhaseEnded
  | Mark
  | ObjectSeen
  | WatchState
  | RequestMade
  | ProbeAnswered
  | ApiSamples
  | SamplerState
  | ClientsTold
  | ProcessChanged
  | FaultChanged
  | ForecastMade
  | RecoveryStep
  | GameDayStep
  | AuditedRequest
  | HarnessSample
  | MetricEntry
  | SchedulerSample
  | Note;

export interface RunStarted {
  type: 'run.started';
  runId: string;
  experiment: string;
  /** In the journal of a cell: which one, of this experiment's matrix. */
  cell?: string;
  facts: string[];
  profile: string;
  /** Digest of what the profile says beside its versions; runs with the same one are of a kind. */
  settings?: string;
  seed: number;
  argv: string[];
  falldown: { version: string; commit: string; dirty: boolean };
  host: { cores: number; memoryBytes: number };
}

export interface RunEnded {
  type: 'run.ended';
  /** `completed` when every step of the method ran; `stopped` when one did not see what it waited for. */
  how: 'completed' | 'stopped' | 'interrupted' | 'deadline' | 'error';
  reason?: string;
}

export interface ClusterReady {
  type: 'cluster.ready';
  provider: string;
  name: string;
  kubernetesVersion: string;
  /** Nodes that run real processes or containers. */
  nodes: number;
  fakeNodes: number;
  gatekeeper: { name: string; version: string; namespace: string; replicas: number; priority: number };
  /** Which shape of the deadlock the installed webhooks allow (F9). */
  shape: DeadlockShape;
  seconds: number;
}

/**
 * The three real shapes of "no gatekeeper, no new pods" (F9):
 * `self-admission`: the webhook covers the gatekeeper's own namespace; `starvation`: its pod is admitted but cannot be
 * placed; `bootstrap`: the webhook covers cluster-scoped Node or CSR objects. `none`: it fails open.
 */
export type DeadlockShape = 'self-admission' | 'starvation' | 'bootstrap' | 'none';

/** A phase of the method. Phases nest nowhere and never overlap. */
export interface PhaseStarted {
  type: 'phase.started';
  phase: string;
  title: string;
}
export interface PhaseEnded {
  type: 'phase.ended';
  phase: string;
  ok: boolean;
  reason?: string;
}

/** A named moment that checks refer to, e.g. `trigger.injected`, `trigger.removed`, `rules.deleted`, `hold.ended`. */
export interface Mark {
  type: 'mark';
  name: string;
  data?: Record<string, string | number | boolean>;
}

export type ObjectOp = 'listed' | 'added' | 'modified' | 'deleted';

/** One change of one object, as a watch showed it. */
export interface ObjectSeen {
  type: 'object';
  op: ObjectOp;
  kind: WatchedKind;
  ns?: string;
  name: string;
  uid: string;
  state: ObjectState;
}

/** What a watch can be of: a kind of object, the containers of the real nodes (kind), or the participants' requests. */
export type Watched = WatchedKind | 'Process' | 'Audit';

/** The state of one watch: a gap means that the journal is blind for that kind from `gap` to `resumed`. */
export interface WatchState {
  type: 'watch';
  kind: Watched;
  op: 'synced' | 'gap' | 'resumed' | 'stopped';
  reason?: string;
  /** On `resumed`: how long the gap lasted. */
  seconds?: number;
}

/** A request that a person, or the harness in a person's name, made. */
export interface RequestMade {
  type: 'request';
  /** The identity: infra-oncall, platform-admin, batch-user … */
  actor: string;
  /** What they wanted: `delete-pod`, `delete-job`, `delete-rules`, `withdraw-trigger` … */
  intent: string;
  verb: string;
  /** `Kind/namespace/name` or `Kind/name`. */
  object: string;
  /** HTTP status; 0 when there was no answer. */
  code: number;
  reason: string;
  message: string;
  seconds: number;
}

export interface ProbeAnswered {
  type: 'probe';
  /**
   * `exposure`: a violating pod, which is really made where it is admitted; `enforcement`: a good one in dry-run (in older
   * journals a violating one too); `audit`: a pod that is there, submitted once more in dry-run.
   */
  probe: 'exposure' | 'enforcement' | 'audit';
  /** Was it a violating or a good pod; for an audit `unknown`. */
  subject: string;
  /** `refused`: by policy; `webhook-down`: refused because the webhook did not answer; `error`: no verdict (blind). */
  answer: 'admitted' | 'refused' | 'webhook-down' | 'error';
  code: number;
  message: string;
  /** The pod made, for exposure probes that were admitted; the pod asked about, for audits. */
  object?: string;
  seconds: number;
}

/** A real process (embedded) or container (kind) of the gatekeeper or of another pod on a process node. */
export interface ProcessChanged {
  type: 'process';
  op: 'started' | 'ready' | 'unready' | 'signalled' | 'exited';
  pod: string;
  role?: string;
  container: string;
  pid: number;
  signal?: string;
  exitCode?: number;
  /** The last lines of its output, when it died on its own. */
  output?: string;
}

export interface FaultChanged {
  type: 'fault';
  op: 'injected' | 'reverted';
  fault: string;
  describe: string;
}

/** What is expected to happen, written down before it can. */
export interface ForecastMade {
  type: 'forecast';
  forecast: Forecast;
}

/** One step of the way out, in order (F14). */
export interface RecoveryStep {
  type: 'recovery';
  step: string;
  describe: string;
}

/** How the harness itself is doing, every few seconds. */
export interface HarnessSample {
  type: 'harness';
  rssBytes: number;
  /** p99 of the event-loop delay since the last sample, in seconds. */
  eventLoopDelayP99: number;
  /** The same since the run began. */
  overallEventLoopDelayP99?: number;
}

/** What the scheduler says of itself, read off its own /metrics every second or so. Counters began when it started. */
export interface SchedulerSample {
  type: 'scheduler';
  /** Pods in its queues: to be tried, tried in vain and held back, and waiting for the cluster to change. */
  pending: { active: number; backoff: number; unschedulable: number };
  /** Attempts to place a pod so far, by result. */
  attempts: { scheduled: number; unschedulable: number; error: number };
  /** Attempts to preempt others so far. */
  preemptions: number;
}

export interface Note {
  type: 'note';
  text: string;
}
