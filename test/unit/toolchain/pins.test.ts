import { expect } from 'chai';
import { buildFlags } from '../../../clusters/toolchain/cache.ts';
import { imageBinary } from '../../../clusters/toolchain/images.ts';
import { findPin, pickPins } from '../../../clusters/toolchain/pick.ts';
import { loadPins } from '../../../clusters/toolchain/pins.ts';
import { type Bench, bench, pinsText } from './workbench.ts';

describe('toolchain: pins', () => {
  let b: Bench;
  beforeEach(async () => {
    b = await bench();
  });
  afterEach(() => b.close());

  const messageOf = async (text: string): Promise<string> => {
    await b.writePins(text);
    try {
      b.options();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('expected the pins to be refused');
  };

  it('the shipped pins are valid and stamp the version into Kubernetes', () => {
    const pins = loadPins();
    const pin = findPin(pins, 'kube-apiserver');
    expect(pin.ldflags).to.contain(`-X k8s.io/component-base/version.gitVersion=v${pin.version}`);
    expect(pin.ldflags).not.to.match(/[{}]/);
    for (const component of pins.embedded) expect(findPin(pins, component).default).to.equal(true);
    expect(pins.embedded).not.to.include('kubelet');
    for (const component of [...pins.kind, ...pins.images]) expect(findPin(pins, component).default).to.equal(true);
    expect(pins.images).to.include.members(['kubelet', 'kube-proxy', 'coredns', 'pause', 'kyverno-init']);
  });

  it('gives build tags to those that need them, and changes nobody else’s place in the cache', () => {
    const pins = loadPins();
    expect(buildFlags(findPin(pins, 'prometheus')).join(' ')).to.match(/ -tags remove_all_sd,enable_kubernetes_sd$/);
    expect(buildFlags(findPin(pins, 'kyverno'))).not.to.include('-tags');
    for (const component of ['prometheus', 'promtool', 'statsd-exporter'])
      expect([...pins.embedded, ...pins.kind, ...pins.images]).not.to.include(component);
  });

  it('places each problem at its line, all at once', async () => {
    const text = pinsText().replace('version: 1.2.3', 'version: 1.2').replace('goModule:', 'goModul:');
    const message = await messageOf(text);
    expect(message).to.match(/pins\.yaml:4:5 families\.greek\.goModul: unknown key/);
    expect(message).to.match(/pins\.yaml:3:3 families\.greek\.goModule: /);
    expect(message).to.match(/pins\.yaml:11:\d+ pins\.0\.version: /);
  });

  it('refuses a version without a module folder, two defaults, unknown members and unguarded downloads', async () => {
    const twice = `${pinsText()}  - { family: greek, version: 1.3.0, default: true }\n`;
    const message = await messageOf(twice.replace('[alpha, beta]', '[alpha, gamma]'));
    expect(message).to.contain('modules/greek-1.3.0/go.mod is missing');
    expect(message).to.contain('expected one pin with default: true, seen 2');
    expect(message).to.contain('no family has gamma');
    expect(await messageOf(pinsText('    download: { url: "https://example.org/x" }'))).to.contain(
      'expected exactly one of sha256Url and sha256',
    );
    expect(
      await messageOf(pinsText('    download: { url: "http://example.org/x", sha256Url: "https://example.org/y" }')),
    ).to.contain('expected an https:// address');
  });

  it('names the file and line of broken YAML', async () => {
    expect(await messageOf('sets: [\n')).to.match(/pins\.yaml:\d+:\d+ /);
  });

  it('suggests the nearest name, and lists the versions that are pinned', () => {
    const pins = loadPins();
    expect(() => findPin(pins, 'kube-apisever')).to.throw(/did you mean kube-apiserver\?/);
    expect(() => findPin(pins, 'etcd', '1.0.0')).to.throw(/expected\s+3\.6\.8/);
    expect(() => pickPins(pins, ['etcd'], { kubernets: '1.36.3' })).to.throw(/did you mean kubernetes\?/);
  });

  it('takes the etcd that the chosen Kubernetes goes with, unless one is named', () => {
    const pins = loadPins();
    const other = {
      ...pins,
      pins: [
        ...pins.pins,
        ...pins.pins
          .filter((p) => ['kubernetes', 'etcd'].includes(p.family))
          .map((p) => ({ ...p, default: false, version: p.family === 'etcd' ? '3.5.0' : '1.30.0' })),
      ],
      with: new Map([...pins.with, ['kubernetes@1.30.0', { etcd: '3.5.0' }]]),
    };
    const etcd = (versions: Record<string, string>) => pickPins(other, ['etcd'], versions)[0]?.version;
    expect(etcd({})).to.equal('3.6.8');
    expect(etcd({ kubernetes: 'v1.30.0' })).to.equal('3.5.0');
    expect(etcd({ kubernetes: '1.30.0', etcd: '3.6.8' })).to.equal('3.6.8');
  });

  it('takes the CoreDNS and pause that kubeadm of the chosen Kubernetes asks for', () => {
    const picked = pickPins(loadPins(), ['coredns', 'pause', 'etcd'], { kubernetes: '1.36.3' });
    expect(picked.map((pin) => pin.version)).to.deep.equal(['1.14.2', '3.10.2', '3.6.8']);
  });

  it('has every version that an upgrade may start from or go to', () => {
    for (const [component, versions] of Object.entries({
      'kube-apiserver': ['1.34.3', '1.35.4', '1.36.3', '1.37.2'],
      kyverno: ['1.18.2', '1.19.1'],
    })) {
      for (const version of versions) expect(findPin(loadPins(), component, version).version).to.equal(version);
    }
  });

  it('knows which binary an image stands for', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(imageBinary('reg.kyverno.io/kyverno/kyverno:v1.19.1')).to.equal('kyverno');
    expect(imageBinary('localhost:5000/kyverno/kyvernopre')).to.equal('kyverno-init');
    expect(imageBinary(`ghcr.io/mirror/kyverno/kyvernopre:v1@${digest}`)).to.equal('kyverno-init');
    expect(imageBinary('kyverno/kyverno')).to.equal('kyverno');
    expect(imageBinary('registry.k8s.io/kube-apiserver:v1.36.3')).to.equal('kube-apiserver');
    expect(imageBinary('reg.kyverno.io/kyverno/background-controller:v1.19.1')).to.equal(undefined);
    expect(imageBinary('example.org/not-kyverno/kyverno-else')).to.equal(undefined);
    expect(imageBinary('busybox')).to.equal(undefined);
  });
});
