import { BUSYBOX_IMAGE } from './container-images.ts';

/** An image of a registry: the name that Kubernetes knows it by, and where it is pulled from. */
export interface RemoteImage {
  name: string;
  from: string;
}

export interface OfficialImages {
  /** Node images that will do, best first: kind publishes only some patch versions of Kubernetes. */
  nodes: RemoteImage[];
  /** What pods on the nodes need besides. */
  others: RemoteImage[];
}

/**
 * The official images of a choice of versions.
 * @param mirror Registry that has them under the same paths, such as `localhost:5000` or `registry.example.org/mirror`.
 */
export function officialImages(kubernetes: string, kyverno: string, mirror?: string): OfficialImages {
  const remote = (name: string): RemoteImage => ({ name, from: mirrored(name, mirror) });
  return {
    nodes: patches(kubernetes).map((version) => remote(`docker.io/kindest/node:v${version}`)),
    others: [
      remote(`reg.kyverno.io/kyverno/kyverno:v${kyverno}`),
      remote(`reg.kyverno.io/kyverno/kyvernopre:v${kyverno}`),
      remote(BUSYBOX_IMAGE),
    ],
  };
}

/** `1.36.3` → 1.36.3, 1.36.2, 1.36.1, 1.36.0. */
function patches(version: string): string[] {
  const [major, minor, patch] = version.split('.').map(Number);
  if (major === undefined || minor === undefined || patch === undefined || Number.isNaN(patch)) return [version];
  return Array.from({ length: patch + 1 }, (_, i) => `${major}.${minor}.${patch - i}`);
}

/** The same path in another registry: `reg.kyverno.io/kyverno/kyverno:v1` → `localhost:5000/kyverno/kyverno:v1`. */
export function mirrored(name: string, mirror: string | undefined): string {
  if (mirror === undefined) return name;
  const host = mirror.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  return `${host}/${name.slice(name.indexOf('/') + 1)}`;
}

/** The registry in an image name with one. */
export const registryOf = (name: string): string => name.slice(0, name.indexOf('/'));
