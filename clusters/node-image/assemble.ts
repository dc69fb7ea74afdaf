import { createHash } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inScratch } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { copyTree } from '../toolchain/file-tree.ts';
import { docker } from './command.ts';
import { containerImages } from './container-images.ts';
import { copyKindFiles } from './kind-files.ts';
import { makeLayers } from './layers.ts';
import { writeLayout } from './oci-layout.ts';
import type { ImagePlan } from './plan.ts';

/**
 * The container in which an image is made, or the beginning of the names of all. Whoever holds the lock of an image may
 * remove its container; locks are in the cache, so another cache has other containers.
 */
export function builderName(cache: string, key = ''): string {
  return `falldown-build-${createHash('sha256').update(cache).digest('hex').slice(0, 8)}-${key}`;
}

/** Where the builder has the scratch folder: a folder that every Debian has, so none is left in the image. */
const MOUNT = '/mnt';

/** Where a node has our files; as kind lays its own out. */
const PLACES: Record<string, string> = {
  'node-setup.yaml': 'kind/manifests/default-cni.yaml',
  'default-storage.yaml': 'kind/manifests/default-storage.yaml',
  'given-cgroups.sh': 'kind/bin/given-cgroups.sh',
  'fit-host.sh': 'kind/bin/fit-host.sh',
  'fit-host.conf': 'etc/systemd/system/containerd.service.d/10-fit-host.conf',
};
const NODE_BINARIES = ['kubeadm', 'kubelet', 'kubectl'];

/**
 * Makes the node image as `kind build node-image` does, without its pulls: in a container of the base, with kind's own
 * files for a node, our binaries, and every container image in the node's containerd.
 * @param binaries component → path.
 */
export async function assembleNode(
  context: Context,
  plan: ImagePlan,
  binaries: ReadonlyMap<string, string>,
): Promise<void> {
  const { signal } = context;
  const container = builderName(context.cache, plan.node.key);
  let doing = 'copying files';
  const done = context.progress.step(`assembling ${plan.node.name}`, () => doing);
  const inBuilder = (command: string[], what: string) =>
    docker(['exec', container, ...command], { signal, what, timeoutSeconds: 300 });
  await removeBuilder(container);
  try {
    await inScratch(context, plan.node.key, async (scratch) => {
      const recipe = path.join(scratch, 'recipe');
      await copyTree(plan.files, recipe);
      await nodeFiles(context, plan, binaries, scratch);
      const run = builderArgs(container, plan.base.name, scratch);
      await docker(run, { signal, what: 'a container of the Debian base did not start' });
      const prepare = ['sh', `${MOUNT}/recipe/prepare-node.sh`, `${MOUNT}/root`, plan.kubernetes];
      await inBuilder(prepare, 'the container could not be made a node');

      doing = 'making container images';
      const kubeadm = ['kubeadm', 'config', 'images', 'list', '--kubernetes-version', `v${plan.kubernetes}`];
      const asked = await inBuilder(kubeadm, 'kubeadm does not say which images it needs');
      const versions = new Map(plan.pins.map((pin) => [pin.component, pin.version]));
      const images = containerImages(versions, asked.split('\n').filter(Boolean));
      const script = async (name: string, tar: string) => {
        const line = `sh ${MOUNT}/recipe/${name}-layer.sh >${MOUNT}/${path.relative(scratch, tar)}`;
        await inBuilder(['sh', '-c', line], `the ${name} layer could not be made`);
      };
      const layers = await makeLayers(
        context,
        images,
        { script, binaries, files: recipe },
        path.join(scratch, 'layers'),
      );
      await writeLayout(path.join(scratch, 'layout'), layers, context.platform.arch);

      doing = 'importing container images';
      const load = ['sh', `${MOUNT}/recipe/import-images.sh`, `${MOUNT}/layout`];
      await inBuilder(load, 'containerd did not take the container images');
      doing = 'writing the image';
      const what = 'Docker did not write the node image';
      await docker(commitArgs(container, plan), { signal, what, timeoutSeconds: 300 });
    });
    done();
  } catch (error) {
    done('failed');
    throw error;
  } finally {
    await removeBuilder(container);
  }
}

/** Lays out, in `root`, what a node has besides Debian. */
async function nodeFiles(
  context: Context,
  plan: ImagePlan,
  binaries: ReadonlyMap<string, string>,
  scratch: string,
): Promise<void> {
  const root = path.join(scratch, 'root');
  await copyKindFiles(context, plan.kindPin, path.join(scratch, 'kind'), root);
  const files = Object.entries(PLACES).map(([name, place]) => [path.join(plan.files, name), place] as const);
  const programs = NODE_BINARIES.map((name) => [binaries.get(name) as string, `usr/bin/${name}`] as const);
  for (const [from, to] of [...files, ...programs]) {
    await mkdir(path.join(root, path.dirname(to)), { recursive: true });
    await copyFile(from, path.join(root, to));
  }
}

/** Nothing in the builder may reach a network. */
export function builderArgs(container: string, base: string, scratch: string): string[] {
  return [
    ...['run', '--detach', '--name', container, '--network', 'none', '--security-opt', 'seccomp=unconfined'],
    ...['--volume', `${scratch}:${MOUNT}`],
    // Kept by `commit`, which cannot set it: systemd takes SIGTERM for an order to start again.
    ...['--stop-signal', 'SIGRTMIN+3', '--env', 'container=docker', '--entrypoint', 'sleep', base, 'infinity'],
  ];
}

export function commitArgs(container: string, plan: ImagePlan): string[] {
  const made = [...new Set(plan.pins.map(({ family, version }) => `${family}=${version}`))].join(' ');
  const changes = [
    'ENTRYPOINT ["/kind/bin/given-cgroups.sh", "/usr/local/bin/entrypoint", "/sbin/init"]',
    'LABEL falldown.dev/image=node',
    `LABEL falldown.dev/made-of="${made}"`,
  ];
  return ['commit', ...changes.flatMap((change) => ['--change', change]), container, plan.node.name];
}

/** Not stopped by a signal: it is what a stop leaves to be done. */
export async function removeBuilder(container: string): Promise<void> {
  await docker(['rm', '--force', '--volumes', container], {
    signal: new AbortController().signal,
    what: 'a container in which an image was made could not be removed',
    next: 'falldown cleanup',
  });
}
