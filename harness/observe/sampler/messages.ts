import type { ApiSamples, SampledSeries, SamplerState } from '../../journal/api-events.ts';

/** How a thread of ours reaches one API server (or the gateway before it) as one user. */
export interface Target {
  server: string;
  headers: Record<string, string>;
  tls: { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean; servername?: string };
}

/** One request, sent again and again on a schedule. */
export interface RequestSeries extends SampledSeries {
  everySeconds: number;
  /** When the first is due, counted from the start of the sampler; so that series do not all fire at once. */
  offsetSeconds: number;
  target: Target;
  method: 'GET' | 'POST';
  path: string;
  /** JSON. */
  body?: string;
}

/** A ConfigMap is created, seen by a watch, and deleted; again and again on a schedule. */
export interface WriteSeries {
  everySeconds: number;
  offsetSeconds: number;
  target: Target;
  namespace: string;
}

/** What the sampler's thread is started with. */
export interface SamplerConfig {
  requests: RequestSeries[];
  writes: WriteSeries[];
  /** A request without an answer for that long is given up and counts as censored. */
  timeoutSeconds: number;
  /** The run's zero on the monotonic clock that all threads share (process.hrtime), in nanoseconds. */
  zero: bigint;
}

/** What a thread of ours says of itself every few seconds. */
export type Cost = Required<Pick<SamplerState, 'cpuSeconds' | 'wallSeconds'>>;

/** … and the sampler's, on whose delay its samples depend. */
export type Health = Cost &
  Required<Pick<SamplerState, 'eventLoopDelayP99' | 'overallEventLoopDelayP99' | 'latenessP99'>>;

export type FromSampler =
  /** The first requests are about to be sent. */
  | { started: true }
  | { samples: Omit<ApiSamples, 'type'>[]; health?: Health & { realTime: boolean } }
  /** The last word: everything that was due has been told. */
  | { stopped: true };
