import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../harness/command.ts';
import { FalldownError, reasonOf } from '../../../harness/errors.ts';
import { clusterDir } from '../../../harness/paths.ts';
import { judgeKindHost } from '../../host/kind-checks.ts';
import { kindFacts } from '../../host/kind-facts.ts';
import { kyvernoChart } from '../../toolchain/chart.ts';
import { ensure } from '../../toolchain/ensure.ts';
import { endProcesses } from '../end-processes.ts';
import type { ClusterHandle, ClusterProvider, UpOptions } from '../provider.ts';
import { controlPlaneName, kindConfig, workerNames } from './config.ts';
import { ContainerWatch } from './container-watch.ts';
import { createCluster, kindEnv, lastWords, reachApiServer, servedVersion } from './create.ts';
import { machineOf, refuseStrangers, removeContainers } from './docker.ts';
import { type ImageSource, imageIsMade, imagesFor } from './images.ts';
import { nodeControl } from './node-control.ts';
import { reservedFor } from './node-size.ts';
import { processControl } from './process-control.ts';
import { loadImages, settle } from './settle.ts';

/** What drives a kind cluster; its images are another matter. */
export const KIND_COMPONENTS = ['kind', 'kwok', 'helm'];

const LOGS_SECONDS = 60;
const HOST_SECONDS = 60;

/**
 * Real nodes as containers, by kind: real kubelets, containers and their network, with KWOK's fake nodes beside them.
 * Needs Docker. Several clusters live side by side.
 */
export const kind = (source: ImageSource = 'auto'): ClusterProvider => ({
  name: 'kind',
  // Two containers with their volumes go in about 3 s; in tens when Docker is busy.
  cleanupSeconds: 60,

  async missing() {
    const limit = AbortSignal.timeout(HOST_SECONDS * 1000);
    const lines = judgeKindHost(await kindFacts(limit, () => imageIsMade(limit)));
    return lines.flatMap(({ check, state, seen, remedy = '' }) =>
      state === 'missing' ? [{ what: `${check}: ${seen}`, remedy }] : [],
    );
  },

  async prepare(profile, progress, signal): Promise<number> {
    const done = progress.step('binaries');
    const { seconds } = await ensure(KIND_COMPONENTS, { versions: versionsOf(profile), progress, signal });
    done(seconds < 1 ? 'all cached' : undefined);
    const started = performance.now();
    await imagesFor(source, profile, progress, signal);
    return seconds + (performance.now() - started) / 1000;
  },

  async up(options: UpOptions): Promise<ClusterHandle> {
    const { name, profile, progress, signal, logsTo } = options;
    const dir = clusterDir(name);
    const { paths } = await ensure(KIND_COMPONENTS, { versions: versionsOf(profile), progress, signal });
    const images = await imagesFor(source, profile, progress, signal);
    const reserved = reservedFor(profile.cluster.nodes.real, await machineOf(signal));
    const binary = (component: string) => paths.get(component) as string;
    const { real, fake } = profile.cluster.nodes;
    const nodes = workerNames(name, real.count);
    const containers = new ContainerWatch(nodes);
    const exportLogs = (to: string) => logsOf(name, binary('kind'), to);

    await refuseStrangers(name);
    const starting = progress.step('control plane');
    await mkdir(join(dir, 'logs'), { recursive: true, mode: 0o700 });
    const giveUp = new AbortController();
    const creating = { cluster: name, dir, kind: binary('kind'), signal: AbortSignal.any([signal, giveUp.signal]) };
    const config = kindConfig({ profile, reserved, image: images.node });
    const created = createCluster(config, creating);
    const kubeconfig = await Promise.race([
      reachApiServer(creating),
      created.then(() => new Promise<never>(() => {})),
    ]).catch(async (error: unknown) => {
      giveUp.abort();
      signal.throwIfAborted();
      if (logsTo !== undefined) await exportLogs(logsTo).catch(() => undefined);
      throw notUp(name, error, await lastWords(name));
    });
    const kubernetesVersion = await servedVersion(kubeconfig, signal);
    starting(`Kubernetes ${kubernetesVersion}, ${real.count} real and ${fake.count} fake nodes are joining`);

    const settled = settle({ ...creating, profile, images, nodes, kubeconfig, kwok: binary('kwok'), created }).catch(
      (error: unknown) => {
        giveUp.abort();
        throw error;
      },
    );
    // Told to whoever furnishes the cluster; until then its failure must not count as unhandled.
    settled.catch(() => undefined);
    return {
      name,
      provider: 'kind',
      kubeconfig,
      kubernetesVersion,
      capabilities: { containers: true, realKubelets: true, ours: true, helmHooks: false },
      nodes,
      fakeNodes: fake.count,
      logs: [join(dir, 'logs')],
      gatekeeperValues: {},
      settled,
      watchProcesses: (record, until) => containers.watch(record, until),
      exportLogs,
      processControl: processControl(controlPlaneName(name), nodes),
      nodeControl: nodeControl({
        cluster: name,
        image: images.node,
        template: nodes[0] as string,
        inSight: (node) => containers.add(node),
        loadImages: (node, until) =>
          loadImages({ cluster: name, kind: binary('kind'), images, nodes: [node], dir, signal: until }),
      }),
      tools: { helm: binary('helm'), chart: (version) => kyvernoChart(version, { signal }) },
    };
  },

  async down(name: string): Promise<void> {
    await endProcesses(name);
    const dir = clusterDir(name);
    // Written before the first container is made; without it there is nothing to ask Docker for, which may not be there.
    if (existsSync(join(dir, 'kind.yaml'))) await removeContainers(name);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});

function versionsOf(profile: UpOptions['profile']): Record<string, string> {
  return { kubernetes: profile.cluster.kubernetes, kyverno: profile.gatekeeper.kyverno };
}

/** kind asks its nodes for more than ours can tell (crictl's view), and says so at the end: what it got is what counts. */
async function logsOf(cluster: string, binary: string, to: string): Promise<void> {
  const exporting = runCommand(binary, ['export', 'logs', to, '--name', cluster], {
    what: 'the logs of the nodes could not be had',
    timeoutSeconds: LOGS_SECONDS,
    env: kindEnv(cluster),
  });
  await exporting.catch((error: unknown) => {
    if (!existsSync(join(to, controlPlaneName(cluster), 'kubelet.log'))) throw error;
  });
}

function notUp(cluster: string, cause: unknown, evidence: string): FalldownError {
  return new FalldownError({
    code: 'KIND_FAILED',
    kind: 'infrastructure',
    what: 'the control plane of a kind cluster did not come up',
    on: cluster,
    seen: reasonOf(cause),
    next: 'falldown host check --on kind',
    ...(evidence === '' ? {} : { evidence }),
    cause,
  });
}
