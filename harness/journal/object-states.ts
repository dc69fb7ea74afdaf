/** What the journal keeps of each kind of object: what a check may need, and no more. */

export type WatchedKind =
  | 'Pod'
  | 'Job'
  | 'Deployment'
  | 'DaemonSet'
  | 'Event'
  | 'Node'
  | 'CertificateSigningRequest'
  | 'ValidatingWebhookConfiguration'
  | 'MutatingWebhookConfiguration'
  | 'EndpointSlice';

export type ObjectState =
  | PodState
  | JobState
  | DeploymentState
  | DaemonSetState
  | EventState
  | NodeState
  | CsrState
  | WebhookState
  | EndpointState;

export interface PodState {
  phase: string;
  ready: boolean;
  node?: string;
  priority: number;
  /** Set once a deletion was asked for: the object may still be there. */
  deleting: boolean;
  owner?: string;
  /** `role` label of falldown's own making: gatekeeper, encoding, security, violating, good … */
  role?: string;
  /** Completion index of an indexed Job's pod. */
  index?: number;
  /** Why it waits or ended: the reason of PodScheduled=False, a container's waiting reason, or the pod's own. */
  reason?: string;
  message?: string;
  restarts?: number;
  /** Why somebody is about to end it: the reason of its condition DisruptionTarget, e.g. `PreemptionByScheduler`. */
  disruption?: string;
}
export interface JobState {
  completions: number;
  parallelism: number;
  active: number;
  ready: number;
  succeeded: number;
  failed: number;
  /** Segments still counted through a finalizer that the controller could not remove yet. */
  uncounted: number;
  complete: boolean;
  /** Why it was given up: the reason of a `Failed=True` condition, e.g. BackoffLimitExceeded. */
  gaveUp?: string;
  suspended: boolean;
  deleting: boolean;
}
export interface DeploymentState {
  replicas: number;
  readyReplicas: number;
  availableReplicas: number;
  role?: string;
  /** Message of a `ReplicaFailure=True` condition. */
  replicaFailure?: string;
}
/** Pods that run once on each node: on real nodes the network's set-up is one of them (F10). */
export interface DaemonSetState {
  /** Nodes that should run its pod, that do, and whose pod is ready. */
  desired: number;
  current: number;
  ready: number;
}
export interface EventState {
  reason: string;
  message: string;
  /** `Kind/namespace/name` of the object the event is about. */
  regarding: string;
  source: string;
  count: number;
  eventType: string;
}
export interface NodeState {
  ready: boolean;
  fake: boolean;
  unschedulable: boolean;
  /** Why it is not ready, in the kubelet's words. */
  reason?: string;
  message?: string;
  /** Conditions of trouble that are true: MemoryPressure, DiskPressure, PIDPressure. */
  pressure?: string[];
}
/** How a node gets its identity: it asks with a bootstrap token, and is given a certificate. */
export interface CsrState {
  signer: string;
  /** Who asked. */
  user: string;
  /** The node that it is for, as the certificate would name it. */
  node?: string;
  approved: boolean;
  issued: boolean;
}
export interface WebhookState {
  webhooks: {
    name: string;
    failurePolicy: string;
    timeoutSeconds: number;
    service: string;
    /** `OPERATIONS resources` per rule, e.g. `CREATE,DELETE pods,pods/ephemeralcontainers`. */
    rules: string[];
    excludedNamespaces: string[];
    /** Names of the conditions that a request must meet for the webhook to be asked at all. */
    matchConditions?: string[];
  }[];
}
export interface EndpointState {
  service: string;
  ready: number;
  total: number;
}
