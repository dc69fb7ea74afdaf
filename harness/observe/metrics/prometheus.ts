import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { reasonOf } from '../../errors.ts';
import { Companion, type CompanionOptions, freePort } from './companion.ts';
import { durationOf } from './time-scale.ts';

/** What a run keeps of a server's data at most; the oldest goes first. */
const RETENTION = '256MB';
const QUERY_MILLISECONDS = 30_000;

export interface ServerOptions {
  name: string;
  binary: string;
  dir: string;
  mark: string;
  /** prometheus.yml; what it names must answer by then. */
  config: Record<string, unknown>;
  /** Rules files. */
  rules?: readonly unknown[];
  /** `--query.lookback-delta`; an agent has none and answers no queries. */
  lookbackSeconds?: number;
  agent?: boolean;
  port?: number;
  died?: CompanionOptions['died'];
}

/** A series as a range query shows it: `[seconds since 1970, value]`. */
export interface Series {
  labels: Record<string, string>;
  points: [number, number][];
}

/** One real Prometheus, with its configuration and its data in a folder of its own. */
export class PrometheusServer {
  readonly name: string;
  readonly address: string;
  readonly #process: Companion;

  private constructor(name: string, address: string, companion: Companion) {
    this.name = name;
    this.address = address;
    this.#process = companion;
  }

  /** @throws FalldownError METRICS_FAILED */
  static async start(o: ServerOptions, signal: AbortSignal): Promise<PrometheusServer> {
    const dir = join(o.dir, o.name);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const files = await Promise.all(
      (o.rules ?? []).map(async (rules, i) => {
        const file = join(dir, `rules-${i + 1}.yml`);
        await writeFile(file, stringify(rules));
        return file;
      }),
    );
    const config = join(dir, 'prometheus.yml');
    const ruleFiles = files.length > 0 ? { rule_files: files } : {};
    await writeFile(config, stringify({ ...o.config, ...ruleFiles }), { mode: 0o600 });
    const address = `127.0.0.1:${o.port ?? (await freePort())}`;
    const data = join(dir, 'data');
    const storage =
      o.agent === true
        ? ['--agent', `--storage.agent.path=${data}`]
        : [
            `--storage.tsdb.path=${data}`,
            `--storage.tsdb.retention.size=${RETENTION}`,
            '--web.enable-remote-write-receiver',
            ...(o.lookbackSeconds === undefined ? [] : [`--query.lookback-delta=${durationOf(o.lookbackSeconds)}`]),
          ];
    const args = [`--config.file=${config}`, `--web.listen-address=${address}`, '--log.level=warn', ...storage];
    const { name, binary, mark, died } = o;
    const readyUrl = `http://${address}/-/ready`;
    const options = { name, binary, args, dir, mark, readyUrl, ...(died === undefined ? {} : { died }) };
    return new PrometheusServer(name, address, await Companion.start(options, signal));
  }

  /** Every series of an expression over a time, seconds since 1970. Throws when the server does not answer. */
  async range(expr: string, from: number, to: number, step: number): Promise<Series[]> {
    const query = new URLSearchParams({ query: expr, start: String(from), end: String(to), step: String(step) });
    const { result } = await this.#ask<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>(
      `query_range?${query}`,
    );
    return result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([t, value]) => [t, Number(value)]),
    }));
  }

  /** Does an expression show anything right now? */
  async shows(expr: string): Promise<boolean> {
    const { result } = await this.#ask<{ result: unknown[] }>(`query?${new URLSearchParams({ query: expr })}`);
    return result.length > 0;
  }

  /** Its alerting rules, and how their last evaluation went. */
  async alertRules(): Promise<{ alert: string; health: string; error?: string }[]> {
    interface Rule {
      name: string;
      health: string;
      lastError?: string;
    }
    const { groups } = await this.#ask<{ groups: { rules: Rule[] }[] }>('rules?type=alert');
    return groups.flatMap(({ rules }) =>
      rules.map(({ name, health, lastError = '' }) => ({
        alert: name,
        health,
        ...(lastError === '' ? {} : { error: lastError }),
      })),
    );
  }

  kill(): void {
    this.#process.kill();
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #ask<T>(path: string): Promise<T> {
    try {
      const answer = await fetch(`http://${this.address}/api/v1/${path}`, {
        signal: AbortSignal.timeout(QUERY_MILLISECONDS),
      });
      const body = (await answer.json()) as { status: string; data: T; error?: string };
      if (body.status !== 'success') throw new Error(body.error ?? `status ${answer.status}`);
      return body.data;
    } catch (cause) {
      throw new Error(`Prometheus ${this.name} did not answer: ${reasonOf(cause)}`, { cause });
    }
  }
}
