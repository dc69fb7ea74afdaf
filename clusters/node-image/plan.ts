import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FalldownError } from '../../harness/errors.ts';
import { cachedPath } from '../toolchain/cache.ts';
import type { Context } from '../toolchain/context.ts';
import { pickPins, type Versions } from '../toolchain/pick.ts';
import type { Pin } from '../toolchain/pins.ts';
import { explicitVariable } from '../toolchain/resolve.ts';
import { shippedFile } from '../toolchain/shipped.ts';

/** Debian release of the nodes: kind's own base image is made from the same. */
export const SUITE = 'trixie';
/** kind's own list, less what only rootless Docker, NFS and iSCSI volumes need, and with containerd and runc. */
export const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'procps', 'util-linux', 'mount', 'kmod', 'hostname', 'jq', 'curl', 'ca-certificates'],
  ...['iproute2', 'iptables', 'nftables', 'conntrack', 'ethtool', 'socat', 'containernetworking-plugins'],
  ...['containerd', 'runc', 'libseccomp2', 'pigz', 'busybox-static'],
];
/** Raise it when code that makes images changes what is in them; the files in files/ count by themselves. */
const RECIPE = 1;

export const BASE_REPOSITORY = 'falldown.dev/node-base';
export const NODE_REPOSITORY = 'falldown.dev/node';

/** What the images of a choice of versions are made of, and what they are therefore called. */
export interface ImagePlan {
  base: { name: string; key: string };
  node: { name: string; key: string };
  /** Every binary that goes in, and kind's, from whose module the files of a node come. */
  pins: Pin[];
  kindPin: Pin;
  kubernetes: string;
  /** Folder with the scripts and manifests that go in. */
  files: string;
}

/** Names are hashes of everything that goes in, so an image of that name is current and none other is. Looks at no image. */
export function planImages(context: Context, versions: Versions): ImagePlan {
  const files = recipeFiles();
  const pins = pickPins(context.pins, [...context.pins.images, 'kind'], versions);
  const kindPin = pins.pop()!;
  const { arch } = context.platform;
  const base = hash([RECIPE, SUITE, arch, PACKAGES]);
  const contents = readdirSync(files)
    .sort()
    .map((name) => [name, readFileSync(path.join(files, name), 'utf8')]);
  const node = hash([base, contents, ...[...pins, kindPin].map((pin) => identity(context, pin))]);
  const kubernetes = pins.find((pin) => pin.family === 'kubernetes')!.version;
  return {
    base: { name: `${BASE_REPOSITORY}:${SUITE}-${base}`, key: `node-base-${base}` },
    node: { name: `${NODE_REPOSITORY}:v${kubernetes}-${node}`, key: `node-${kubernetes}-${node}` },
    pins,
    kindPin,
    kubernetes,
    files,
  };
}

/** What decides the content of a binary. One that the user named is known by its path alone. */
function identity(context: Context, pin: Pin): string {
  return context.env[explicitVariable(pin.component)] ?? path.basename(cachedPath(context, pin));
}

const hash = (inputs: unknown): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12);

function recipeFiles(): string {
  const folder = shippedFile('clusters/node-image/files');
  if (folder !== undefined) return folder;
  throw new FalldownError({
    code: 'IMAGE_FILES_MISSING',
    kind: 'usage',
    what: 'the files that a node image is made with are not part of this installation',
    on: 'clusters/node-image/files',
    next: 'install falldown again',
  });
}
