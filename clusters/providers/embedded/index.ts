import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeClient } from '../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../harness/kube/credentials.ts';
import { clusterDir } from '../../../harness/paths.ts';
import { kyvernoChart } from '../../toolchain/chart.ts';
import { ensure } from '../../toolchain/ensure.ts';
import { endProcesses } from '../end-processes.ts';
import { createFakeNodes, fakeNodesReady } from '../kwok/fake-nodes.ts';
import type { ClusterHandle, ClusterProvider, Missing, UpOptions } from '../provider.ts';
import { startAgent } from './agent-process.ts';
import { writeAuditPolicy } from './audit-policy.ts';
import { type Life, takeCheckpoint } from './checkpoint.ts';
import { kwokDir, startControlPlane } from './control-plane.ts';
import { type Binaries, kwokConfig } from './kwok-config.ts';
import { createRealNodes, realNodeNames } from './nodes.ts';
import { canListen, claimOctet } from './octet.ts';
import { processControl } from './process-control.ts';
import { scrapeTargets } from './scrape-targets.ts';

/** What an embedded cluster is made of; nothing else is built for it. */
export const EMBEDDED_COMPONENTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kwokctl',
  'helm',
  'kyverno',
  'kyverno-init',
];

/** Port of the gatekeeper's Service for users who may not listen on 443. */
const UNPRIVILEGED_WEBHOOK_PORT = 8443;

/**
 * A real control plane as local processes, and a node agent that runs the gatekeeper's real binary as its Pod.
 * No Docker, no root, ready in seconds; several live side by side.
 */
export const embedded: ClusterProvider = {
  name: 'embedded',
  // Ctrl-C must be done with everything within 15 s.
  cleanupSeconds: 14,

  async missing(): Promise<Missing[]> {
    const missing: Missing[] = [];
    if (process.platform !== 'linux') {
      missing.push({
        what: `Linux (this is ${process.platform}): Services live on loopback addresses that only Linux has without set-up`,
        remedy: 'run falldown in a Linux VM or container',
      });
    }
    return missing;
  },

  async prepare(profile, progress, signal): Promise<number> {
    const done = progress.step('binaries');
    const { seconds } = await ensure(EMBEDDED_COMPONENTS, { versions: versionsOf(profile), progress, signal });
    await upgradeBinaries(profile, progress, signal);
    done(seconds < 1 ? 'all cached' : undefined);
    return seconds;
  },

  async up(options: UpOptions): Promise<ClusterHandle> {
    const { name, profile, progress, signal } = options;
    const dir = clusterDir(name);
    const { paths } = await ensure(EMBEDDED_COMPONENTS, { versions: versionsOf(profile), progress, signal });
    const starting = progress.step('control plane');
    await mkdir(join(dir, 'logs'), { recursive: true, mode: 0o700 });
    const upgrade = await upgradeBinaries(profile, progress, signal);
    const binaries = { ...Object.fromEntries(paths), ...upgrade } as Record<string, string> & Binaries;
    const nodes = realNodeNames(profile);
    const processLog = join(dir, 'processes.ndjson');
    const logs = join(dir, 'kwok', 'clusters', name, 'logs');
    const { octet, release } = await claimOctet();
    let kubeconfig: string;
    let life: Life;
    try {
      const config = kwokConfig(profile, binaries, octet, await writeAuditPolicy(dir, options.auditGroup));
      kubeconfig = await startControlPlane({ name, dir, kwokctl: binaries.kwokctl as string, config, signal });
      const agent = { cluster: name, kubeconfig, nodes, octet, binaries, podsDir: join(dir, 'pods'), processLog };
      life = { name, dir, kwokctl: binaries.kwokctl as string, kubeconfig, agent };
      await Promise.all([
        populate(kubeconfig, profile, join(logs, 'kwok-controller.log'), signal),
        startAgent(dir, agent, signal),
      ]);
    } finally {
      release();
    }
    starting(
      `Kubernetes ${profile.cluster.kubernetes}, ${nodes.length} real and ${profile.cluster.nodes.fake.count} fake nodes`,
    );

    const privileged = await canListen(`127.${octet}.0.1`, 443);
    return {
      name,
      provider: 'embedded',
      kubeconfig,
      kubernetesVersion: profile.cluster.kubernetes,
      capabilities: { containers: false, realKubelets: false, ours: true, helmHooks: false },
      nodes,
      fakeNodes: profile.cluster.nodes.fake.count,
      logs: [logs, join(dir, 'logs'), join(dir, 'pods')],
      gatekeeperValues: privileged ? {} : { admissionController: { service: { port: UNPRIVILEGED_WEBHOOK_PORT } } },
      processLog,
      processControl: processControl({
        cluster: name,
        binaries,
        admin: async () => new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 1 }),
      }),
      ...(options.auditGroup === undefined ? {} : { auditLog: join(logs, 'audit.log') }),
      scrapes: await scrapeTargets(kwokDir(dir, name)),
      tools: {
        helm: binaries.helm as string,
        chart: (version) => kyvernoChart(version, { signal }),
      },
      checkpoint: (checkpoint, until) => takeCheckpoint(life, checkpoint, until),
    };
  },

  async down(name: string): Promise<void> {
    await endProcesses(name);
    await rm(clusterDir(name), { recursive: true, force: true, maxRetries: 5 });
  },
};

/** Of the Kyverno that the gatekeeper is upgraded to, as `component@version`: both versions' pods live side by side. */
async function upgradeBinaries(
  profile: UpOptions['profile'],
  progress: UpOptions['progress'],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const kyverno = profile.gatekeeper.upgradeTo?.kyverno;
  if (kyverno === undefined) return {};
  const { paths } = await ensure(['kyverno', 'kyverno-init'], { versions: { kyverno }, progress, signal });
  return Object.fromEntries([...paths].map(([component, path]) => [`${component}@${kyverno}`, path]));
}

function versionsOf(profile: UpOptions['profile']): Record<string, string> {
  return { kubernetes: profile.cluster.kubernetes, kyverno: profile.gatekeeper.kyverno };
}

async function populate(
  kubeconfig: string,
  profile: UpOptions['profile'],
  log: string,
  signal: AbortSignal,
): Promise<void> {
  const client = new KubeClient(await credentialsFrom(kubeconfig), { actor: 'provider', connections: 16 });
  try {
    await Promise.all([createRealNodes(client, profile), createFakeNodes(client, profile)]);
    await fakeNodesReady(client, profile.cluster.nodes.fake.count, log, signal);
  } finally {
    await client.close();
  }
}
