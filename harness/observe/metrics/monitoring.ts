import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Profile, ScrapeTarget } from '../../../clusters/providers/provider.ts';
import type { JournalEvent } from '../../journal/events.ts';
import type { Journal } from '../../journal/writer.ts';
import type { Live } from '../live.ts';
import { collectClaims } from './collect-claims.ts';
import { Companion, freePort } from './companion.ts';
import { controlPlaneJobs } from './control-plane.ts';
import { type Source, startExporter } from './exporter.ts';
import { ownServer } from './own-config.ts';
import { PrometheusServer } from './prometheus.ts';
import { Queue } from './queue.ts';
import {
  agentConfig,
  globals,
  lastsSeconds,
  passingOn,
  plannedServers,
  SETUPS,
  type ServerPlan,
  SOURCES,
  STATSD_PREFIXES,
  statsdMapping,
  type Times,
} from './setups.ts';
import { startStatsdClient } from './statsd-client.ts';
import { scaled } from './time-scale.ts';

export interface MetricsTools {
  prometheus: string;
  statsdExporter: string;
}

export interface MonitoringOptions {
  tools: MetricsTools;
  profile: Profile;
  /** Folder for configurations, data and logs. */
  dir: string;
  mark: string;
  /** Parts of the cluster that publish metrics. */
  targets: readonly ScrapeTarget[];
  journal: Journal;
  live: Live;
  signal: AbortSignal;
}

/** A shorter scrape interval would be measured by its own cost; seconds. */
const SHORTEST_SCRAPE_SECONDS = 0.5;
/** A range query has four steps for each scrape. */
const STEPS_PER_SCRAPE = 4;

/** The Prometheus beside a run, and the set-ups in which one lies. All of it ends with `stop`. */
export class Monitoring {
  readonly times: Times;
  readonly #o: MonitoringOptions;
  readonly #queue: Queue;
  readonly #stops: (() => Promise<void> | void)[] = [];
  /** Deployment → what dies with its pod. */
  readonly #sources = new Map<string, () => void>();
  readonly #silenced = new Set<string>();
  readonly #servers: { plan: ServerPlan; server: PrometheusServer }[] = [];
  readonly #unsubscribe: () => void;

  constructor(o: MonitoringOptions) {
    this.#o = o;
    const { timeScale, scrapeSeconds, lookbackSeconds } = o.profile.metrics;
    this.times = {
      timeScale,
      scrapeSeconds: Math.max(SHORTEST_SCRAPE_SECONDS, scrapeSeconds / timeScale),
      heldSeconds: lookbackSeconds / timeScale,
    };
    this.#queue = new Queue(o.live);
    this.#unsubscribe = o.journal.subscribe((event) => this.#see(event));
  }

  /** The Prometheus that every run with metrics has: the control plane, the gatekeeper, and the encoding queue. */
  async startBeside(): Promise<void> {
    const { targets } = this.#o;
    const exporter = await this.#exporter();
    const encoding = { job_name: 'encoding', static_configs: [{ targets: [exporter.address] }] };
    await this.#prometheus('prometheus', {
      config: { global: globals(this.times), scrape_configs: [encoding, ...controlPlaneJobs(targets)] },
      rules: this.#rules.map((r) => scaled(r, this.times.timeScale)),
    });
  }

  /** The set-ups that lie, each with a source of its own, and the servers that show them. */
  async setUp(): Promise<void> {
    const { tools, dir, mark, profile, journal, signal } = this.#o;
    const { times } = this;
    const now = () => this.#queue.now();
    // One exporter goes with its pod; the other one stays, so that what the agent and the leaf lose is themselves.
    const [exporter, elsewhere] = [await this.#exporter(), await this.#exporter()];
    this.#sources.set(SOURCES.exporter, () => exporter.end());

    const [statsdPort, udpPort] = [await freePort(), await freePort()];
    const mapping = join(dir, 'statsd-mapping.yml');
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(mapping, stringify(statsdMapping(times)));
    const statsd = await Companion.start(
      {
        name: 'statsd-exporter',
        binary: tools.statsdExporter,
        args: [
          `--web.listen-address=127.0.0.1:${statsdPort}`,
          `--statsd.listen-udp=127.0.0.1:${udpPort}`,
          '--statsd.listen-tcp=',
          `--statsd.mapping-config=${mapping}`,
        ],
        dir,
        mark,
        readyUrl: `http://127.0.0.1:${statsdPort}/-/ready`,
      },
      signal,
    );
    this.#stops.push(() => statsd.stop());
    const client = startStatsdClient(
      now,
      { host: '127.0.0.1', port: udpPort },
      STATSD_PREFIXES,
      times.scrapeSeconds / 2,
    );
    this.#source(SOURCES.statsd, client);

    const leaf = await this.#prometheus('leaf', { config: passingOn(times, elsewhere.address, 'federation') }, false);
    this.#sources.set(SOURCES.leaf, () => leaf.kill());
    const at = { exporter: exporter.address, leaf: leaf.address, statsd: `127.0.0.1:${statsdPort}` };
    const rules = this.#rules;
    const { config, ownRules } = profile.metrics;
    const plans = [
      ...plannedServers(times, at, rules),
      ...(config === undefined ? [] : [ownServer(config, times, at, rules)]),
    ];
    for (const plan of plans) this.#servers.push({ plan, server: await this.#prometheus(plan.name, plan) });
    const agent = await this.#prometheus(
      'agent',
      {
        config: agentConfig(
          times,
          elsewhere.address,
          this.#servers.map(({ server }) => server.address),
        ),
        agent: true,
      },
      false,
    );
    this.#sources.set(SOURCES.agent, () => agent.kill());
    journal.append({
      type: 'metrics.started',
      timeScale: times.timeScale,
      scrapeSeconds: times.scrapeSeconds,
      servers: plans.map(({ name, describe, lookbackSeconds }) => ({ name, describe, lookbackSeconds })),
      setups: SETUPS.map(({ name, describe, source, value, up }) => ({
        name,
        describe,
        source,
        lasts: { value: lastsSeconds(value, times), up: lastsSeconds(up, times) },
      })),
      ...(ownRules.length === 0 ? {} : { yours: alertsIn(ownRules) }),
    });
  }

  /** Panels that show nothing right now. */
  async blankPanels(): Promise<string[]> {
    const asked = this.#servers.flatMap(({ plan, server }) =>
      plan.panels.map(async ({ setup, what, expr }) =>
        (await server.shows(expr)) ? [] : [`${plan.name}: ${what} of ${setup}`],
      ),
    );
    return (await Promise.all(asked)).flat();
  }

  /** Sources that are still there. */
  get speaking(): string[] {
    return [...this.#sources.keys()].filter((source) => !this.#silenced.has(source));
  }

  /** Asks every server what it showed from a time of the run to another, and writes it down. */
  async collect(from: number, to: number): Promise<void> {
    const step = this.times.scrapeSeconds / STEPS_PER_SCRAPE;
    for (const { plan, server } of this.#servers) {
      await collectClaims(server, plan.panels, { from, to, step }, this.#o.journal);
    }
  }

  /** Ends everything; configurations, data and logs stay in the folder. Safe to call twice. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all(this.#stops.splice(0).map((stop) => stop()));
    // What was only passed on is in the others' data.
    for (const name of ['agent', 'leaf']) {
      await rm(join(this.#o.dir, name, 'data'), { recursive: true, force: true });
    }
  }

  get #rules(): readonly unknown[] {
    const { rules, ownRules } = this.#o.profile.metrics;
    return [...rules, ...ownRules];
  }

  async #exporter(): Promise<Source> {
    const exporter = await startExporter(() => this.#queue.now());
    this.#stops.push(() => exporter.end());
    return exporter;
  }

  #source(name: string, source: Source): void {
    this.#sources.set(name, () => source.end());
    this.#stops.push(() => {
      if (!this.#silenced.has(name)) source.end();
    });
  }

  async #prometheus(
    name: string,
    what: { config: Record<string, unknown>; rules?: readonly unknown[]; lookbackSeconds?: number; agent?: boolean },
    mustLive = true,
  ): Promise<PrometheusServer> {
    const { tools, dir, mark, journal, signal } = this.#o;
    const died = mustLive
      ? { died: (reason: string) => void journal.append({ type: 'metrics.died', server: name, reason }) }
      : {};
    const server = await PrometheusServer.start(
      { name, binary: tools.prometheus, dir, mark, ...what, ...died },
      signal,
    );
    this.#stops.push(() => server.stop());
    return server;
  }

  /** A source belongs to the pod of its Deployment and dies with the pod's process, whoever ended that. */
  #see(event: JournalEvent): void {
    if (event.type !== 'process' || event.op !== 'exited') return;
    for (const [source, end] of this.#sources) {
      if (this.#silenced.has(source) || !event.pod.startsWith(`${source}-`)) continue;
      this.#silenced.add(source);
      end();
      this.#o.journal.append({ type: 'metrics.silenced', source, pod: event.pod });
    }
  }
}

/** Names of the alerts in rules files. */
function alertsIn(files: readonly unknown[]): string[] {
  const groups = files.flatMap((file) => (file as { groups?: { rules?: { alert?: string }[] }[] }).groups ?? []);
  return groups.flatMap(({ rules = [] }) => rules.flatMap(({ alert }) => alert ?? []));
}
