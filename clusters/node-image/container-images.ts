/** A container image made of the toolchain's binaries: what a registry would give under the same names. */
export interface ContainerImage {
  /** Full names, with registry and tag. */
  names: string[];
  /** From the bottom up. */
  layers: Layer[];
  entrypoint: string[];
  user?: string;
}

export type Layer =
  /** A binary of the toolchain, at this path. */
  | { component: string; path: string }
  /** A file of this folder, at this path. */
  | { file: string; path: string }
  /** What the script `<name>-layer.sh` takes from the Debian base. */
  | { script: 'netfilter' | 'busybox' | 'certificates' };

/** The tag of an image that only our own manifests name. */
export const NODE_SETUP_IMAGE = 'falldown.dev/node-setup:v1';
/** Debian's busybox-static is of this version. */
export const BUSYBOX_IMAGE = 'docker.io/library/busybox:1.37';
/** The sandbox image that kind's containerd configuration names, whatever kubeadm asks for. */
const SANDBOX_IMAGE = 'registry.k8s.io/pause:3.10';
const NOBODY = '65534:65534';

/** Versions of the components, by name. */
export type ComponentVersions = ReadonlyMap<string, string>;

/**
 * Every container image of a cluster.
 * @param kubeadmNames What `kubeadm config images list` prints: the exact names that the cluster will ask for.
 * @throws Error when kubeadm asks for an image or version that there is no binary for.
 */
export function containerImages(versions: ComponentVersions, kubeadmNames: readonly string[]): ContainerImage[] {
  const version = (component: string): string => {
    const found = versions.get(component);
    if (found === undefined) throw new Error(`no version of ${component} is chosen`);
    return found;
  };
  const ofKubernetes = kubeadmNames.map((name) => kubernetesImage(name, version));
  const binary = (component: string, path: string): Layer => ({ component, path });
  const kyverno = version('kyverno');
  return [
    ...ofKubernetes,
    {
      // Charts before 1.14 name the second registry.
      names: [`reg.kyverno.io/kyverno/kyverno:v${kyverno}`, `ghcr.io/kyverno/kyverno:v${kyverno}`],
      layers: [{ script: 'certificates' }, binary('kyverno', '/ko-app/kyverno')],
      entrypoint: ['/ko-app/kyverno'],
      user: NOBODY,
    },
    {
      names: [`reg.kyverno.io/kyverno/kyvernopre:v${kyverno}`, `ghcr.io/kyverno/kyvernopre:v${kyverno}`],
      layers: [{ script: 'certificates' }, binary('kyverno-init', '/ko-app/kyvernopre')],
      entrypoint: ['/ko-app/kyvernopre'],
      user: NOBODY,
    },
    {
      names: [BUSYBOX_IMAGE, 'docker.io/library/busybox:latest'],
      layers: [{ script: 'busybox' }],
      entrypoint: [],
    },
    {
      names: [NODE_SETUP_IMAGE],
      layers: [
        { script: 'netfilter' },
        { script: 'busybox' },
        binary('kubectl', '/usr/local/bin/kubectl'),
        { file: 'node-setup.sh', path: '/usr/local/bin/node-setup' },
      ],
      entrypoint: ['/usr/local/bin/node-setup'],
    },
  ];
}

const OF_KUBERNETES: Record<string, Omit<ContainerImage, 'names'> & { component: string }> = {
  'kube-apiserver': one('kube-apiserver', '/usr/local/bin/kube-apiserver'),
  'kube-controller-manager': one('kube-controller-manager', '/usr/local/bin/kube-controller-manager'),
  'kube-scheduler': one('kube-scheduler', '/usr/local/bin/kube-scheduler'),
  'kube-proxy': {
    ...one('kube-proxy', '/usr/local/bin/kube-proxy'),
    layers: [{ script: 'netfilter' }, { component: 'kube-proxy', path: '/usr/local/bin/kube-proxy' }],
  },
  etcd: one('etcd', '/usr/local/bin/etcd'),
  coredns: one('coredns', '/coredns'),
  pause: { ...one('pause', '/pause'), user: '65535:65535' },
};

function one(component: string, path: string): Omit<ContainerImage, 'names'> & { component: string } {
  return { component, layers: [{ component, path }], entrypoint: [path] };
}

function kubernetesImage(name: string, version: (component: string) => string): ContainerImage {
  const [, image = '', tag = ''] = /([^/:]+):([^/]+)$/.exec(name) ?? [];
  const known = OF_KUBERNETES[image];
  if (known === undefined) throw new Error(`kubeadm asks for ${name}, and no binary of the toolchain is in that image`);
  const { component, ...rest } = known;
  // Tags such as v1.36.3 and 3.6.8-0: the image's own build number does not matter.
  if (tag.replace(/^v/, '').replace(/-\d+$/, '') !== version(component)) {
    throw new Error(
      `kubeadm asks for ${name}, and the pinned ${component} is ${version(component)}: see \`with\` in pins.yaml`,
    );
  }
  return { ...rest, names: component === 'pause' && name !== SANDBOX_IMAGE ? [name, SANDBOX_IMAGE] : [name] };
}
