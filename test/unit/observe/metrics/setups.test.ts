import { expect } from 'chai';
import { ownServer } from '../../../../harness/observe/metrics/own-config.ts';
import { plannedServers, statsdMapping, type Times } from '../../../../harness/observe/metrics/setups.ts';

const TIMES: Times = { timeScale: 45, scrapeSeconds: 1.333, heldSeconds: 40 };
const AT = { exporter: '127.0.0.1:1', leaf: '127.0.0.1:2', statsd: '127.0.0.1:3' };
const RULES = [{ groups: [{ name: 'a', rules: [{ alert: 'A', expr: 'up == 0', for: '15m' }] }] }];

const jobOf = (config: Record<string, unknown>, name: string) =>
  (config.scrape_configs as Record<string, unknown>[]).find((job) => job.job_name === name);

describe('metrics: the servers of lying-metrics', () => {
  const [before, half, fixed] = plannedServers(TIMES, AT, RULES);

  it('differ in what a fix changes, and have the same rules', () => {
    expect([before, half, fixed].map((s) => s?.name)).to.deep.equal(['as-it-was', 'half-fixed', 'fixed']);
    expect(before?.lookbackSeconds).to.equal(40);
    expect(half?.lookbackSeconds).to.equal(40);
    expect(fixed?.lookbackSeconds).to.be.closeTo(6.67, 0.01);
    const tracked = [before, half, fixed].map((s) => jobOf(s!.config, 'federate')?.track_timestamps_staleness);
    expect(tracked).to.deep.equal([undefined, true, true]);
    expect(before?.rules).to.deep.equal(fixed?.rules);
    expect(JSON.stringify(before?.rules)).to.contain('"for":"20000ms"');
    expect(JSON.stringify(before?.panels)).to.contain('last_over_time');
    expect(JSON.stringify(fixed?.panels)).not.to.contain('last_over_time');
  });

  it('keep what StatsD sent for half an hour, for ever, and shortly', () => {
    const { mappings } = statsdMapping(TIMES) as { mappings: { ttl?: string }[] };
    expect(mappings.map((m) => m.ttl)).to.deep.equal(['40000ms', undefined, '6667ms']);
  });

  it('can have your prometheus.yml: your settings, the sources of the run', () => {
    const own = {
      global: { scrape_interval: '30s' },
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['am:9093'] }] }] },
      remote_write: [{ url: 'https://elsewhere' }],
      rule_files: ['a.yml'],
      scrape_configs: [
        { job_name: 'encoder', kubernetes_sd_configs: [{ role: 'pod' }], scheme: 'https', honor_timestamps: false },
        {
          job_name: 'leaf',
          metrics_path: '/federate',
          honor_labels: true,
          static_configs: [{ targets: ['leaf:9090'] }],
        },
        { job_name: 'statsd-exporter', scrape_interval: '1m', static_configs: [{ targets: ['s:9102'] }] },
      ],
    };
    const { config, panels } = ownServer(own, TIMES, AT, RULES);
    expect(JSON.stringify(config)).not.to.match(/elsewhere|am:9093|a\.yml|kubernetes_sd|leaf:9090|https/);
    expect(config.global).to.deep.equal({ scrape_interval: '667ms' });
    expect(jobOf(config, 'encoder')).to.deep.equal({
      job_name: 'encoder',
      honor_timestamps: false,
      static_configs: [{ targets: [AT.exporter], labels: { setup: 'scrape' } }],
    });
    expect(jobOf(config, 'leaf')).to.deep.include({ metrics_path: '/federate', honor_labels: true });
    expect(jobOf(config, 'statsd-exporter')).to.deep.include({ scrape_interval: '1333ms' });
    expect([...new Set(panels.map((p) => p.setup))]).to.have.members([
      'remote-write',
      'scrape',
      'federation',
      'statsd',
    ]);
  });
});
