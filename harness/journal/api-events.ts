/** A kind of request whose latency is sampled. */
export type ApiClass =
  /** GET of one pod. */
  | 'get-pod'
  /** The same as the cluster's admin: on an embedded cluster system:masters, which API Priority and Fairness exempts. */
  | 'get-pod-as-admin'
  /** The first 500 pods of the cluster, as a pager asks for them. */
  | 'list-page'
  /** Every pod of the cluster in one answer, as a dashboard asks for them. */
  | 'list-all'
  /** Creation of one ConfigMap. */
  | 'create-configmap'
  /** Its deletion, from the moment its creation was answered. */
  | 'delete-configmap'
  /** Dry-run creation of a pod that the policies admit: it passes the webhooks. */
  | 'dry-run-pod'
  /** From the answer to the creation of a ConfigMap until a watch told of it; 0 when the watch was first. */
  | 'watch-delay';

/** Straight to the API server, or through the gateway that gives up after its deadline. */
export type Route = 'direct' | 'gateway';

/** One stream of requests of the API sampler. */
export interface SampledSeries {
  class: ApiClass;
  via: Route;
  /** Seconds between two requests; null when they follow those of another class. */
  everySeconds: number | null;
}

/**
 * Timed requests of one series that came to their end since its last line. The arrays go together, one entry a request;
 * with the requests that were open when the sampler stopped they are every request that was ever due.
 */
export interface ApiSamples {
  type: 'samples';
  class: ApiClass;
  via: Route;
  /** `h2` or `http/1.1`. */
  protocol: string;
  /** When each should have been sent by its schedule; seconds of the run. */
  due: number[];
  /** Seconds from then until the whole answer was there, or until nobody waited any longer. */
  waited: number[];
  /** [index, HTTP status] of those that did not succeed; 0: no answer. */
  failed?: [number, number][];
  /** Indexes of those that nobody waited for any longer: they took at least as long as `waited` says. */
  censored?: number[];
  /** Requests without an answer by now, and for how long the oldest of them has waited; seconds. */
  open: number;
  oldestSeconds: number;
}

/** What the API sampler, or the gateway that it measures through, is and costs. */
export interface SamplerState {
  type: 'sampler';
  part: 'sampler' | 'gateway';
  op: 'started' | 'alive' | 'stopped';
  /** On `started` of the sampler. */
  series?: SampledSeries[];
  timeoutSeconds?: number;
  /** The gateway's deadline; null without a gateway. */
  gatewayDeadlineSeconds?: number | null;
  /** On `stopped`, when it was not asked to stop. */
  reason?: string;
  /** On `alive`: CPU seconds of its thread so far. */
  cpuSeconds?: number;
  /** On `alive` of the sampler: whether the system runs its thread ahead of all that is scheduled ordinarily. */
  realTime?: boolean;
  /** On `alive` of the sampler: p99 of the delay of its event loop since the last line, in seconds. */
  eventLoopDelayP99?: number;
  /** On `alive`: the same since its thread began. */
  overallEventLoopDelayP99?: number;
  /** On `alive`: p99 of how late requests were sent since the last line, in seconds. Counted into their latency. */
  latenessP99?: number;
  /** On `alive`: the wall clock in seconds, which jumps against `t` when somebody sets it or the host sleeps. */
  wallSeconds?: number;
}
