import { expect } from 'chai';
import { parse } from 'yaml';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { kindConfig, workerNames } from '../../../clusters/providers/kind/config.ts';

interface Config {
  networking: { podSubnet: string; apiServerAddress: string };
  kubeadmConfigPatches: string[];
  nodes: { role: string; image: string; labels?: object; kubeadmConfigPatches?: string[] }[];
}

const configOf = (set: string[], reserved: { cpu?: string; memory?: string } = {}): Config => {
  const { profile } = loadProfile({ profile: 'as-in-the-incident', set });
  const { cpu, memory } = reserved;
  return kindConfig({ profile, reserved: { cpu, memory }, image: 'node:v1' }) as Config;
};

describe('kind configuration', () => {
  it('has one control plane and a worker for each real node, which carries the label that the Jobs ask for', () => {
    const { nodes, networking } = configOf(['cluster.nodes.real.count=3']);
    expect(nodes.map(({ role }) => role)).to.deep.equal(['control-plane', 'worker', 'worker', 'worker']);
    expect(nodes.every(({ image }) => image === 'node:v1')).to.equal(true);
    expect(nodes[0]?.labels).to.equal(undefined);
    expect(nodes[2]?.labels).to.deep.equal({ 'falldown.dev/node': 'real' });
    expect(networking.apiServerAddress).to.equal('127.0.0.1');
    expect(workerNames('c', 3)).to.deep.equal(['c-worker', 'c-worker2', 'c-worker3']);
  });

  it('gives the controllers the client limits of the profile, and kubelets leave to run on cgroup v1', () => {
    const set = ['cluster.controllerManager.kubeApiQps=11', 'cluster.scheduler.kubeApiBurst=22'];
    const [cluster, kubelet] = configOf(set).kubeadmConfigPatches.map((text) => parse(text));
    expect(cluster).to.deep.equal({
      kind: 'ClusterConfiguration',
      controllerManager: { extraArgs: { 'kube-api-qps': '11', 'kube-api-burst': '250' } },
      scheduler: { extraArgs: { 'kube-api-qps': '500', 'kube-api-burst': '22' } },
    });
    expect(kubelet).to.deep.equal({ kind: 'KubeletConfiguration', failCgroupV1: false });
  });

  it('has the kubelets of workers alone keep back what is not the profile’s', () => {
    const { nodes } = configOf(['cluster.nodes.real.pods=50'], { cpu: '1500m', memory: '1024' });
    expect(nodes[0]?.kubeadmConfigPatches).to.equal(undefined);
    expect(parse(nodes[1]!.kubeadmConfigPatches![0]!)).to.deep.equal({
      kind: 'JoinConfiguration',
      nodeRegistration: { kubeletExtraArgs: { 'max-pods': '50', 'system-reserved': 'cpu=1500m,memory=1024' } },
    });
    const [whole] = configOf([]).nodes[1]!.kubeadmConfigPatches!.map((text) => parse(text));
    expect(whole.nodeRegistration.kubeletExtraArgs).to.deep.equal({ 'max-pods': '110' });
  });

  it('has a range of pod addresses for every node, the fake ones too', () => {
    expect(configOf(['cluster.nodes.fake.count=60']).networking.podSubnet).to.equal('10.244.0.0/16');
    expect(configOf(['cluster.nodes.fake.count=5000']).networking.podSubnet).to.equal('10.64.0.0/10');
  });
});
