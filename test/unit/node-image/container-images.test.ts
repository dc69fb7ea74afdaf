import { expect } from 'chai';
import {
  type ContainerImage,
  containerImages,
  NODE_SETUP_IMAGE,
} from '../../../clusters/node-image/container-images.ts';

const VERSIONS = new Map([
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((c) => [c, '1.36.3'] as const),
  ['coredns', '1.14.2'],
  ['pause', '3.10.2'],
  ['etcd', '3.6.8'],
  ['kyverno', '1.19.1'],
]);
const KUBEADM = [
  'registry.k8s.io/kube-apiserver:v1.36.3',
  'registry.k8s.io/kube-controller-manager:v1.36.3',
  'registry.k8s.io/kube-scheduler:v1.36.3',
  'registry.k8s.io/kube-proxy:v1.36.3',
  'registry.k8s.io/coredns/coredns:v1.14.2',
  'registry.k8s.io/pause:3.10.2',
  'registry.k8s.io/etcd:3.6.8-0',
];

describe('node image: container images', () => {
  const images = containerImages(VERSIONS, KUBEADM);
  const named = (name: string): ContainerImage => {
    const found = images.find((image) => image.names.includes(name));
    if (found === undefined) throw new Error(`no image ${name}`);
    return found;
  };

  it('has every name that kubeadm asks for, as it is', () => {
    expect(images.flatMap(({ names }) => names)).to.include.members(KUBEADM);
  });

  it('has the sandbox image under the name that kind’s containerd configuration has, too', () => {
    expect(named('registry.k8s.io/pause:3.10.2')).to.equal(named('registry.k8s.io/pause:3.10'));
  });

  it('gives kube-proxy the libraries of the xtables modules, below its binary', () => {
    expect(named('registry.k8s.io/kube-proxy:v1.36.3').layers).to.deep.equal([
      { script: 'netfilter' },
      { component: 'kube-proxy', path: '/usr/local/bin/kube-proxy' },
    ]);
  });

  it('has Kyverno where its chart looks for it, as nobody, with certificate authorities', () => {
    for (const [name, component, path] of [
      ['reg.kyverno.io/kyverno/kyverno:v1.19.1', 'kyverno', '/ko-app/kyverno'],
      ['reg.kyverno.io/kyverno/kyvernopre:v1.19.1', 'kyverno-init', '/ko-app/kyvernopre'],
    ] as const) {
      const { layers, entrypoint, user } = named(name);
      expect(layers).to.deep.equal([{ script: 'certificates' }, { component, path }]);
      expect([entrypoint, user]).to.deep.equal([[path], '65534:65534']);
    }
  });

  it('has what the set-up task and the pods of the workloads run', () => {
    expect(named(NODE_SETUP_IMAGE).entrypoint).to.deep.equal(['/usr/local/bin/node-setup']);
    expect(named('docker.io/library/busybox:1.37').layers).to.deep.equal([{ script: 'busybox' }]);
  });

  it('refuses a version that is not the pinned one, and an image without a binary', () => {
    const with3 = (name: string) => () => containerImages(VERSIONS, [...KUBEADM, name]);
    expect(with3('registry.k8s.io/coredns/coredns:v1.15.0')).to.throw('the pinned coredns is 1.14.2: see `with`');
    expect(with3('registry.k8s.io/etcd:3.6.9-0')).to.throw('the pinned etcd is 3.6.8');
    expect(with3('registry.k8s.io/cloud-thing:v1')).to.throw('no binary of the toolchain is in that image');
  });
});
