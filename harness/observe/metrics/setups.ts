import { durationOf, scaled } from './time-scale.ts';

/** Prometheus' own default of how far a query looks back; seconds. */
const DEFAULT_LOOKBACK_SECONDS = 300;
/** How long the StatsD exporter keeps what its client no longer sends, after the fix; seconds. */
const SHORT_TTL_SECONDS = 300;

/** The Deployments of the profile `lying-metrics` whose pods the data comes through. */
export const SOURCES = {
  exporter: 'monitoring/queue-exporter',
  agent: 'monitoring/metrics-agent',
  leaf: 'monitoring/leaf-prometheus',
  statsd: 'monitoring/statsd-client',
} as const;

/** What a panel does without its source: it stops at once, after what was held, or never. */
type Lasts = 'not' | 'held' | 'for ever';

export interface Setup {
  name: string;
  describe: string;
  source: string;
  /** On the server as it was. */
  value: Lasts;
  up: Lasts;
}

const { exporter, agent, leaf, statsd } = SOURCES;
/** The ways in which a Prometheus gets to know of the queue, each of which falls silent in its own way. */
export const SETUPS: readonly Setup[] = [
  { name: 'scrape', describe: 'scraped, plain', source: exporter, value: 'not', up: 'not' },
  { name: 'last-over-time', describe: 'scraped; asked by last_over_time', source: exporter, value: 'held', up: 'not' },
  { name: 'remote-write', describe: 'sent on by an agent', source: agent, value: 'held', up: 'held' },
  { name: 'federation', describe: 'federated from another Prometheus', source: leaf, value: 'held', up: 'held' },
  { name: 'statsd', describe: 'StatsD, with a long ttl', source: statsd, value: 'held', up: 'for ever' },
  { name: 'statsd-without-ttl', describe: 'StatsD, without a ttl', source: statsd, value: 'for ever', up: 'for ever' },
];
/** The label `setup` of the federating job itself. */
export const FEDERATING = 'federate';

/** How long what lasts does; seconds of the run, null for ever. */
export function lastsSeconds(lasts: Lasts, { heldSeconds }: Times): number | null {
  return lasts === 'for ever' ? null : lasts === 'held' ? heldSeconds : 0;
}

/** What the user's StatsD client prefixes its metrics with, and how long the exporter keeps them. */
export const STATSD_PREFIXES = ['long', 'forever', 'short'];

export interface Times {
  timeScale: number;
  scrapeSeconds: number;
  /** What `--query.lookback-delta` and the like were raised to; of the run. */
  heldSeconds: number;
}

export interface Panel {
  setup: string;
  what: 'value' | 'up';
  expr: string;
}

export interface ServerPlan {
  name: string;
  describe: string;
  lookbackSeconds: number;
  config: Record<string, unknown>;
  rules: readonly unknown[];
  panels: Panel[];
}

export interface Addresses {
  exporter: string;
  leaf: string;
  statsd: string;
}

type Job = Record<string, unknown>;

const VALUE = 'encoding_jobs_running';
const value = (setup: string): Panel => ({ setup, what: 'value', expr: `${VALUE}{setup="${setup}"}` });
const up = (setup: string): Panel => ({ setup, what: 'up', expr: `up{setup="${setup}"}` });

/** `as-it-was` (F4), `half-fixed` (F5), `fixed`; each with the same rules. */
export function plannedServers(times: Times, at: Addresses, rules: readonly unknown[]): ServerPlan[] {
  const { timeScale, heldSeconds } = times;
  const jobs = (o: { tracked: boolean; short: boolean }) => [
    { job_name: 'encoding', ...targets(at.exporter, 'scrape') },
    { job_name: 'statsd', honor_labels: true, ...targets(at.statsd, 'statsd'), ...choose(o.short) },
    {
      job_name: 'federate',
      metrics_path: '/federate',
      params: { 'match[]': ['{__name__=~"encoding_.+|up"}'] },
      honor_labels: true,
      ...(o.tracked ? { track_timestamps_staleness: true } : {}),
      ...targets(at.leaf, FEDERATING),
    },
  ];
  const plain = ['scrape', 'remote-write', 'federation', 'statsd'];
  const panels = [...plain.map(value), ...plain.map(up)];
  const held = { setup: 'last-over-time', what: 'value' } as const;
  const lasting = `last_over_time(${VALUE}{setup="scrape"}[${durationOf(heldSeconds)}])`;
  const old = [...panels, { ...held, expr: lasting }, value('statsd-without-ttl')];
  const scaledRules = rules.map((r) => scaled(r, timeScale));
  const server = (name: string, describe: string, lookbackSeconds: number, scrape: Job[], shown: Panel[]) => ({
    name,
    describe,
    lookbackSeconds,
    config: { global: globals(times), scrape_configs: scrape },
    rules: scaledRules,
    panels: shown,
  });
  return [
    server(
      'as-it-was',
      'a query looks back for half an hour',
      heldSeconds,
      jobs({ tracked: false, short: false }),
      old,
    ),
    server(
      'half-fixed',
      'as it was, but the federating job tracks staleness',
      heldSeconds,
      jobs({ tracked: true, short: false }),
      old,
    ),
    server(
      'fixed',
      'looks back as Prometheus ships; federation tracks staleness; a short ttl; panels ask plainly',
      DEFAULT_LOOKBACK_SECONDS / timeScale,
      jobs({ tracked: true, short: true }),
      [...panels, { ...held, expr: `${VALUE}{setup="scrape"}` }],
    ),
  ];
}

/** Scrapes for another server: an agent that sends on, a leaf that is federated. */
export function passingOn(times: Times, exporter: string, setup: string): Record<string, unknown> {
  return { global: globals(times), scrape_configs: [{ job_name: 'encoding', ...targets(exporter, setup) }] };
}

export function agentConfig(times: Times, exporter: string, to: readonly string[]): Record<string, unknown> {
  const remote = to.map((address) => ({
    url: `http://${address}/api/v1/write`,
    queue_config: { batch_send_deadline: durationOf(times.scrapeSeconds / 4) },
  }));
  return { ...passingOn(times, exporter, 'remote-write'), remote_write: remote };
}

/** The mapping of the StatsD exporter: three prefixes, kept for as long as was said, for ever, and shortly. */
export function statsdMapping({ heldSeconds, timeScale }: Times): Record<string, unknown> {
  const mapping = (prefix: string, setup: string, ttl?: number) => ({
    match: `${prefix}.*`,
    name: 'encoding_$1',
    labels: { setup },
    ...(ttl === undefined ? {} : { ttl: durationOf(ttl) }),
  });
  return {
    mappings: [
      mapping('long', 'statsd', heldSeconds),
      mapping('forever', 'statsd-without-ttl'),
      mapping('short', 'statsd-short-ttl', SHORT_TTL_SECONDS / timeScale),
    ],
  };
}

export function globals({ scrapeSeconds }: Times): Record<string, string> {
  const every = durationOf(scrapeSeconds);
  return { scrape_interval: every, scrape_timeout: every, evaluation_interval: every };
}

function targets(address: string, setup: string): Job {
  return { static_configs: [{ targets: [address], labels: { setup } }] };
}

/** Which of the StatsD exporter's series a server keeps. */
function choose(short: boolean): Job {
  const drop = {
    source_labels: ['setup'],
    regex: short ? 'statsd(-without-ttl)?' : 'statsd-short-ttl',
    action: 'drop',
  };
  const rename = { source_labels: ['setup'], regex: 'statsd-short-ttl', target_label: 'setup', replacement: 'statsd' };
  return { metric_relabel_configs: [drop, ...(short ? [rename] : [])] };
}
