import { type Addresses, FEDERATING, type Panel, type ServerPlan, type Times } from './setups.ts';
import { scaled } from './time-scale.ts';

/** Fields of a scrape job that say where its targets are and how to get at them: here they are the run's own. */
const WHERE = /(^|_)sd_configs$|^(static_configs|scheme|basic_auth|authorization|oauth2|tls_config|proxy_.*)$/;
/** Parts of prometheus.yml that reach out to others. */
const ELSEWHERE = ['remote_write', 'remote_read', 'alerting', 'tracing', 'storage', 'rule_files', 'otlp'];

/**
 * A server with the user's own prometheus.yml: its jobs keep their settings and are pointed at the sources of the run. A
 * job that asks for /federate gets the other Prometheus, one with `statsd` in its name the StatsD exporter, any other one
 * the queue's exporter. Durations are divided by the time scale.
 */
export function ownServer(
  own: Record<string, unknown>,
  times: Times,
  at: Addresses,
  rules: readonly unknown[],
): ServerPlan {
  const config = scaled(own, times.timeScale) as Record<string, unknown>;
  for (const part of ELSEWHERE) delete config[part];
  const jobs = (config.scrape_configs ?? []) as Record<string, unknown>[];
  const setups = new Set<string>(['remote-write']);
  config.scrape_configs = jobs.map((job) => {
    const settings = Object.fromEntries(Object.entries(job).filter(([field]) => !WHERE.test(field)));
    const federates = String(job.metrics_path ?? '').endsWith('/federate');
    const statsd = /statsd/i.test(String(job.job_name));
    const setup = federates ? FEDERATING : statsd ? 'statsd' : 'scrape';
    setups.add(federates ? 'federation' : setup);
    if (!federates) delete settings.metrics_path;
    const address = federates ? at.leaf : statsd ? at.statsd : at.exporter;
    return { ...settings, static_configs: [{ targets: [address], labels: { setup } }] };
  });
  const panels = [...setups].flatMap((setup): Panel[] => [
    { setup, what: 'value', expr: `encoding_jobs_running{setup="${setup}"}` },
    { setup, what: 'up', expr: `up{setup="${setup}"}` },
  ]);
  return {
    name: 'yours',
    describe: 'your prometheus.yml, its jobs pointed at the sources of this run',
    lookbackSeconds: times.heldSeconds,
    config,
    rules: rules.map((r) => scaled(r, times.timeScale)),
    panels,
  };
}
