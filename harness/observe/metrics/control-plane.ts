import type { ScrapeTarget } from '../../../clusters/providers/provider.ts';
import { durationOf } from './time-scale.ts';

/** The API server's metrics are megabytes: asked for more often they would show themselves. */
const EVERY_SECONDS = 5;

/** Scrape jobs for the parts of a cluster that publish metrics where this host can reach them. */
export function controlPlaneJobs(targets: readonly ScrapeTarget[]): Record<string, unknown>[] {
  return targets.map(({ job, address, scheme, cert, key }) => ({
    job_name: job,
    scheme,
    scrape_interval: durationOf(EVERY_SECONDS),
    scrape_timeout: durationOf(EVERY_SECONDS),
    static_configs: [{ targets: [address] }],
    ...(cert === undefined || key === undefined
      ? {}
      : { tls_config: { cert_file: cert, key_file: key, insecure_skip_verify: true } }),
  }));
}
