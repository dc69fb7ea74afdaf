import type { ClusterHandle } from '../../clusters/providers/provider.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { Monitoring } from '../observe/metrics/monitoring.ts';
import { killProcessesOf } from '../processes.ts';
import type { Resource } from './ledger.ts';
import type { Preparing } from './prepare.ts';

/** Starts the Prometheus beside a run whose profile asks for one: recorded before it is made, gone with the run. */
export async function startMonitoring(
  p: Preparing,
  handle: ClusterHandle,
  admin: KubeClient,
): Promise<Monitoring | undefined> {
  const { profile, metrics, ledger, teardown, journal, live, signal, progress } = p;
  if (metrics === undefined) return undefined;
  const { tools, dir } = metrics;
  const starting = progress.step('Prometheus');
  const mark = `${handle.name}-metrics`;
  const resource: Resource = { kind: 'processes', provider: 'host', name: mark };
  const targets = [...(handle.scrapes ?? []), ...(await gatekeepersMetrics(admin))];
  ledger.record(resource);
  const monitoring = new Monitoring({ tools, profile, dir, mark, targets, journal, live, signal });
  teardown.push('Prometheus', async () => {
    await monitoring.stop();
    await killProcessesOf(mark);
    ledger.forget(resource);
  });
  await monitoring.startBeside();
  starting(`scrapes ${['encoding', ...targets.map((t) => t.job)].join(', ')}`);
  return monitoring;
}

/** Kyverno's own metrics, where its Service has an address that this host can reach: a loopback one. */
async function gatekeepersMetrics(admin: KubeClient) {
  interface Service {
    spec: { clusterIP?: string; ports?: { port: number }[] };
  }
  const path = pathOf('Service', { namespace: KYVERNO_NAMESPACE, name: 'kyverno-svc-metrics' });
  const found = await admin.get<Service>(path).catch(() => undefined);
  const { clusterIP = '', ports = [] } = found?.spec ?? {};
  const port = ports[0]?.port;
  if (!clusterIP.startsWith('127.') || port === undefined) return [];
  return [{ job: 'kyverno', address: `${clusterIP}:${port}`, scheme: 'http' as const }];
}
