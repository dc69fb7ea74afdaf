/** What the journal keeps of each kind of object: what a check may need, and no more. */

export type WatchedKind =
  | 'Pod'
  | 'Job'
  | 'Deployment'
  | 'Event'
  | 'Node'
  | 'ValidatingWebhookConfiguration'
  | 'MutatingWebhookConfiguration'
  | 'EndpointSlice';

export type ObjectState = PodState | JobState | DeploymentState | EventState | NodeState | WebhookState | EndpointState;

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
  }[];
}
export interface EndpointState {
  service: string;
  ready: number;
  total: number;
}
