import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inScratch } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { docker } from './command.ts';
import { containerImages } from './container-images.ts';
import { copyKindFiles } from './kind-files.ts';
import { makeLayers } from './layers.ts';
import { writeLayout } from './oci-layout.ts';
import type { ImagePlan } from './plan.ts';

/** Containers in which images are made; whoever holds the lock of an image may remove that image's. */
export const BUILDER_PREFIX = 'falldown-build-';

/** Where kind's node looks for our files; as kind lays its own out. */
const PLACES: Record<string, string> = {
  'node-setup.yaml': '/kind/manifests/default-cni.yaml',
  'default-storage.yaml': '/kind/manifests/default-storage.yaml',
  'given-cgroups.sh': '/kind/bin/given-cgroups.sh',
  'fit-host.sh': '/kind/bin/fit-host.sh',
  'fit-host.conf': '/etc/systemd/system/containerd.service.d/10-fit-host.conf',
};

/**
 * Makes the node image as `kind build node-image` does, without its pulls: in a container of the base, with kind's own
 * files for a node, our binaries, and every container image in the node's containerd.
 */
export async function assembleNode(
  context: Context,
  plan: ImagePlan,
  binaries: ReadonlyMap<string, string>,
): Promise<void> {
  const { signal } = context;
  const container = `${BUILDER_PREFIX}${plan.node.key}`;
  let doing = 'starting';
  const done = context.progress.step(`assembling ${plan.node.name}`, () => doing);
  const exec = (args: string[], what: string, more: { input?: string; timeoutSeconds?: number } = {}) =>
    docker(['exec', ...(more.input === undefined ? [] : ['-i']), container, ...args], { signal, what, ...more });
  await removeBuilder(container);
  try {
    await docker(builderArgs(container, plan.base.name), { signal, what: 'a container of the base did not start' });
    await inScratch(context, plan.node.key, async (scratch) => {
      doing = 'copying files';
      const root = path.join(scratch, 'root');
      await copyKindFiles(context, plan.kindPin, path.join(scratch, 'kind'), root);
      for (const [name, place] of Object.entries(PLACES)) {
        await mkdir(path.join(root, path.dirname(place)), { recursive: true });
        await copyFile(path.join(plan.files, name), path.join(root, place));
      }
      for (const component of ['kubeadm', 'kubelet', 'kubectl']) {
        await mkdir(path.join(root, 'usr/bin'), { recursive: true });
        await copyFile(binaries.get(component)!, path.join(root, 'usr/bin', component));
      }
      await docker(
        ['exec', '-i', container, 'tar', '-C', '/', '--no-same-owner', '--keep-directory-symlink', '-xf', '-'],
        {
          signal,
          what: 'the files of a node could not be copied',
          timeoutSeconds: 120,
          from: ['tar', '-C', root, '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', '.'],
        },
      );
      const modes =
        'chmod 755 /kind /kind/bin /kind/bin/* /usr/local/bin/entrypoint /usr/bin/kubeadm /usr/bin/kubelet /usr/bin/kubectl';
      await exec(['sh', '-c', `${modes} && printf %s v${plan.kubernetes} >/kind/version`], 'the files of a node');
      const asked = await exec(
        ['kubeadm', 'config', 'images', 'list', '--kubernetes-version', `v${plan.kubernetes}`],
        'kubeadm does not say which images it needs',
      );

      doing = 'making container images';
      const versions = new Map(plan.pins.map((pin) => [pin.component, pin.version]));
      const images = containerImages(versions, asked.split('\n').filter(Boolean));
      const layers = await makeLayers(
        context,
        images,
        { container, binaries, files: plan.files },
        path.join(scratch, 'layers'),
      );
      const layout = path.join(scratch, 'layout');
      await writeLayout(layout, layers, context.platform.arch);

      doing = 'preparing the node';
      await exec(['sh', '-s'], 'the node could not be prepared', {
        input: await readFile(path.join(plan.files, 'prepare-node.sh'), 'utf8'),
        timeoutSeconds: 60,
      });

      doing = 'importing container images';
      const script = await readFile(path.join(plan.files, 'import-images.sh'), 'utf8');
      await docker(['exec', '-i', container, 'sh', '-c', script], {
        signal,
        what: 'containerd did not take the container images',
        timeoutSeconds: 300,
        from: ['tar', '-C', layout, '-cf', '-', '.'],
      });
    });
    doing = 'writing the image';
    await docker(commitArgs(container, plan), {
      signal,
      what: 'Docker did not write the node image',
      timeoutSeconds: 300,
    });
    done();
  } catch (error) {
    done('failed');
    throw error;
  } finally {
    await removeBuilder(container);
  }
}

/** Nothing in the builder may reach a network. */
export function builderArgs(container: string, base: string): string[] {
  return [
    ...['run', '--detach', '--name', container, '--network', 'none', '--security-opt', 'seccomp=unconfined'],
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
