import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { builderArgs, builderName, commitArgs } from '../../../clusters/node-image/assemble.ts';
import { NODE_SETUP_IMAGE } from '../../../clusters/node-image/container-images.ts';
import { mirrorIn } from '../../../clusters/node-image/debian.ts';
import { describeImages } from '../../../clusters/node-image/inventory.ts';
import { planImages } from '../../../clusters/node-image/plan.ts';
import { contextOf } from '../../../clusters/toolchain/context.ts';

const silent = { step: () => () => undefined, say: () => undefined };

describe('node image: plan', () => {
  const contextWith = (env: NodeJS.ProcessEnv = {}) =>
    contextOf({ signal: new AbortController().signal, progress: silent, env: { HOME: process.env.HOME, ...env } });
  const plan = planImages(contextWith(), {});

  it('has the same names for the same inputs, and kind’s version in the node’s', () => {
    expect(planImages(contextWith(), {})).to.deep.equal(plan);
    expect(plan.node.name).to.match(/^falldown\.dev\/node:v1\.36\.3-[0-9a-f]{12}$/);
    expect(plan.base.name).to.match(/^falldown\.dev\/node-base:trixie-[0-9a-f]{12}$/);
  });

  it('has another name for the node, and the same base, when one binary is another', () => {
    const other = planImages(contextWith({ FALLDOWN_BIN_KYVERNO: '/opt/kyverno' }), {});
    expect(other.node.name).not.to.equal(plan.node.name);
    expect(other.base).to.deep.equal(plan.base);
  });

  it('holds every binary that goes in, and kind’s own module', () => {
    expect(plan.pins.map((pin) => pin.component)).to.include.members(['kubelet', 'kube-proxy', 'coredns', 'kyverno']);
    expect(plan.pins.map((pin) => pin.component)).not.to.include('kind');
    expect(plan.kindPin.component).to.equal('kind');
  });

  it('makes it in a container that another cache does not take for its own', () => {
    expect(builderName('/a', 'node-1')).to.match(/^falldown-build-[0-9a-f]{8}-node-1$/);
    expect(builderName('/a', 'node-1').startsWith(builderName('/a'))).to.equal(true);
    expect(builderName('/b', 'node-1').startsWith(builderName('/a'))).to.equal(false);
  });

  it('makes it away from any network, and keeps what systemd needs to stop', () => {
    const args = builderArgs('falldown-build-x', plan.base.name, '/scratch').join(' ');
    expect(args).to.contain('--network none').and.to.contain('--stop-signal SIGRTMIN+3');
    const commit = commitArgs('falldown-build-x', plan);
    expect(commit.slice(-2)).to.deep.equal(['falldown-build-x', plan.node.name]);
    expect(commit.join(' ')).to.contain('given-cgroups.sh", "/usr/local/bin/entrypoint", "/sbin/init"]');
    expect(commit.join(' ')).to.contain('kubernetes=1.36.3 etcd=3.6.8 coredns=1.14.2');
  });

  it('takes the mirror that apt takes Debian from, not its security updates', () => {
    const targets = [
      'Other http://packages.example.org/apt stable',
      'Debian http://deb.example.org/debian-security/ bookworm-security',
      'Debian http://deb.example.org/debian/ bookworm-updates',
      'Debian http://deb.example.org/debian/ bookworm',
    ];
    expect(mirrorIn(targets.join('\n'))).to.equal('http://deb.example.org/debian/');
    expect(mirrorIn(targets.slice(0, 2).join('\n'))).to.equal(undefined);
    expect(mirrorIn('')).to.equal(undefined);
  });

  it('tells current images from old ones', () => {
    const image = (name: string, labels: Record<string, string>) => ({
      RepoTags: [name],
      Created: '2026-11-24T04:00:00Z',
      Size: 1_070_000_000,
      Config: { Labels: { 'falldown.dev/image': 'node', ...labels } },
    });
    const text = JSON.stringify([
      image(plan.node.name, { 'falldown.dev/made-of': 'kubernetes=1.36.3 kyverno=1.19.1' }),
      image('falldown.dev/node:v1.36.3-000000000000', {}),
    ]);
    const [now, old] = describeImages(text, [plan.node.name], Date.parse('2026-11-24T05:00:00Z'));
    expect(now).to.deep.include({ kind: 'node', state: 'current', ageSeconds: 3600 });
    expect(now?.madeOf).to.deep.equal({ kubernetes: '1.36.3', kyverno: '1.19.1' });
    expect(old?.state).to.equal('old');
  });
});

describe('node image: files', () => {
  const files = planImages(contextOf({ signal: new AbortController().signal, progress: silent }), {}).files;
  const textOf = (name: string) => readFileSync(join(files, name), 'utf8');

  it('has scripts that a shell can read', () => {
    const scripts = readdirSync(files).filter((name) => name.endsWith('.sh'));
    expect(scripts).to.have.length.above(4);
    for (const name of scripts) execFileSync('sh', ['-n', join(files, name)]);
  });

  it('sets each real node up by a pod of a DaemonSet, which a node must be able to get before it is Ready', () => {
    const text = textOf('node-setup.yaml');
    // kind fills in the pod network and the control plane's address where it finds these.
    expect(text).to.contain('would you kindly template this file').and.to.contain('would you kindly patch this file');
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    const set = documents.find((document) => document?.kind === 'DaemonSet');
    const { spec, metadata } = set.spec.template;
    expect(spec).to.include({ hostNetwork: true, priorityClassName: 'system-node-critical' });
    expect(spec.tolerations).to.deep.equal([{ operator: 'Exists' }]);
    expect(spec.containers[0].image).to.equal(NODE_SETUP_IMAGE);
    // kind appends to the first container's env, so there must be one.
    expect(spec.containers[0].env.find((e: { name: string }) => e.name === 'POD_SUBNET').value).to.equal(
      '{{ .PodSubnet }}',
    );
    expect(spec.volumes.map((v: { hostPath: { path: string } }) => v.hostPath.path)).to.include('/etc/cni/net.d');
    // Admitted by the policy of the incident's profile: refused only when nobody is there to admit it.
    expect(metadata.labels).to.include({ team: 'platform', tier: 'node' });
  });

  it('says in every cluster that no volumes are provisioned', () => {
    const storage = parseAllDocuments(textOf('default-storage.yaml'))[0]?.toJS();
    expect(storage).to.deep.include({ kind: 'StorageClass', provisioner: 'kubernetes.io/no-provisioner' });
  });
});
