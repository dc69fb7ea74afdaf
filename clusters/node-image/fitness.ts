import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import type { Context } from '../toolchain/context.ts';
import { docker } from './command.ts';
import { missingForBase } from './debian.ts';

const GB = 1e9;
/** Layers and container while an image is made, and the image; measured on Kubernetes 1.36.3 with Kyverno 1.19.1. */
const DOCKER_BYTES = { base: 0.6 * GB, node: 3 * GB };
/** The Debian tree, then the container images. */
const SCRATCH_BYTES = { base: 0.6 * GB, node: 1.5 * GB };

/**
 * Looks at what making images needs before minutes are spent on it.
 * @throws FalldownError IMAGES_UNFIT (setup) with each thing that is missing and its remedy.
 */
export async function requireFit(context: Context, needs: { base: boolean }): Promise<void> {
  const root = await docker(['info', '--format', '{{.DockerRootDir}}'], {
    signal: context.signal,
    what: 'Docker does not answer',
    next: 'falldown host check --on kind',
  });
  const sum = ({ base, node }: { base: number; node: number }) => (needs.base ? base : 0) + node;
  const missing = [
    ...(needs.base ? await missingForBase() : []),
    ...(await missingRoom(
      root.trim(),
      sum(DOCKER_BYTES),
      'falldown images remove, docker image prune, or a bigger disk',
    )),
    ...(await missingRoom(
      context.cache,
      sum(SCRATCH_BYTES),
      'make room there, or set XDG_CACHE_HOME to a folder on another disk',
    )),
  ];
  if (missing.length === 0) return;
  throw new FalldownError({
    code: 'IMAGES_UNFIT',
    kind: 'setup',
    what: 'this host cannot make a node image',
    seen: missing.map(({ what, remedy }) => `missing: ${what}\n  remedy: ${remedy}`).join('\n'),
    next: 'do as said above, or take official images: --images registry',
  });
}

/** A folder that cannot be looked at, such as that of a Docker on another machine, is not judged. */
export async function missingRoom(folder: string, neededBytes: number, remedy: string) {
  let existing = folder;
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  const disk = await statfs(existing).catch(() => undefined);
  if (disk === undefined || (existing !== folder && folder !== '' && existing === '/')) return [];
  const free = disk.bavail * disk.bsize;
  if (free >= neededBytes) return [];
  const gb = (bytes: number) => `${(bytes / GB).toFixed(1)} GB`;
  return [{ what: `room on the disk of ${folder}: ${gb(free)} free, ${gb(neededBytes)} needed`, remedy }];
}
