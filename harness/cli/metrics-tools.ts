import type { Profile, Progress } from '../../clusters/providers/provider.ts';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import type { MetricsTools } from '../observe/metrics/monitoring.ts';

/** The binaries of a run with metrics, made only for a profile that asks for them. */
export async function metricsTools(
  { metrics }: Profile,
  progress: Progress,
  signal: AbortSignal,
): Promise<MetricsTools | undefined> {
  if (!metrics.prometheus) return undefined;
  const { paths } = await ensure(['prometheus', 'statsd-exporter'], { progress, signal });
  return { prometheus: paths.get('prometheus')!, statsdExporter: paths.get('statsd-exporter')! };
}
