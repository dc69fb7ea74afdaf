/** What the metrics of a run say, for holding against what the API showed. Seconds are those of the run: scaled ones. */
export type MetricEntry = MetricsStarted | SourceSilenced | ServerDied | MetricClaim | AlertRules;

/** The set-ups by which a Prometheus gets to know of the encoding queue, and the servers that show them. */
export interface MetricsStarted {
  type: 'metrics.started';
  /** One second of the run stands for so many. */
  timeScale: number;
  scrapeSeconds: number;
  servers: { name: string; describe: string; lookbackSeconds: number }[];
  /**
   * `source`: namespace/name of the Deployment whose pod the data comes through. `lasts`: for how long each panel of the
   * first server is to go on without it, by its configuration; seconds, null for ever.
   */
  setups: { name: string; describe: string; source: string; lasts: { value: number | null; up: number | null } }[];
  /** Alerts of the user's own rules. */
  yours?: string[];
}

/** A source was ended together with the pod that it belongs to. */
export interface SourceSilenced {
  type: 'metrics.silenced';
  source: string;
  pod: string;
}

/** A Prometheus server ended without being asked to. */
export interface ServerDied {
  type: 'metrics.died';
  server: string;
  reason: string;
}

/** What a server shows over a time, asked by a range query: one value a step, null where it shows nothing. */
export interface MetricClaim {
  type: 'claim';
  server: string;
  /** `value` and `up` are panels; `alert` is a firing alert. */
  what: 'value' | 'up' | 'alert';
  /** The set-up it is about; of an alert its label `setup`, if it has one. */
  setup?: string;
  /** Of an alert. */
  alert?: string;
  expr: string;
  from: number;
  step: number;
  values: (number | null)[];
  /** Why there is no answer. */
  reason?: string;
}

/** The alerting rules of a server as it evaluated them last. */
export interface AlertRules {
  type: 'alert-rules';
  server: string;
  rules: { alert: string; health: string; error?: string }[];
  /** Why they could not be asked for. */
  reason?: string;
}
