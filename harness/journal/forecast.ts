/** What the scheduler is expected to do, worked out from manifests before the cluster has done it. */
export interface Forecast {
  /** Every workload, in the order in which they come. */
  workloads: ForecastWorkload[];
  waves: ForecastWave[];
  /** False when the manifests alone do not decide, e.g. between two nodes that would both do. */
  certain: boolean;
  /** Why it is not certain. */
  doubt?: string;
}

export interface ForecastWorkload {
  /** `Kind/namespace/name`. */
  ref: string;
  team?: string;
  priorityClass?: string;
  priority: number;
  /** False with `preemptionPolicy: Never`. */
  preempts: boolean;
  pods: number;
  wave: number;
  /** Whom one more pod of it would push out, in the state after the last wave: `2 × Deployment/a/b`; empty for nobody. */
  wouldEvict: string[];
}

/** What happens after the workloads of a wave have come; wave 0 are those that are there first. */
export interface ForecastWave {
  wave: number;
  comes: string[];
  evictions: ForecastEviction[];
  /** Pods without a node at the end of the wave, by workload. */
  waiting: Record<string, number>;
  /** Pods that could not even be made at the end of the wave (a quota, or no gatekeeper), by workload. */
  refused: Record<string, number>;
}

export interface ForecastEviction {
  by: string;
  victim: string;
  pods: number;
  byPriority: number;
  victimPriority: number;
  /** How many of them a disruption budget forbade: to preemption that is a wish. */
  againstBudget: number;
}
