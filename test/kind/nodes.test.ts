import type { V1Node } from '@kubernetes/client-node';
import { expect } from 'chai';
import { kind } from '../../clusters/providers/kind/index.ts';
import type { NodeControl } from '../../clusters/providers/provider.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { type Cluster, eventually, Lab } from '../integration/lab.ts';
import { inDocker, needsDocker } from './docker.ts';

/** What kind itself has no command for, and the experiments on nodes stand on. */
describe('nodes of kind clusters', function () {
  this.timeout(300_000);
  const never = new AbortController().signal;
  let lab: Lab;
  let cluster: Cluster;
  let control: NodeControl;

  before(async function () {
    await needsDocker.call(this);
    lab = new Lab(kind('auto'));
    cluster = await lab.up('kind-nodes', { gatekeeper: false, set: ['cluster.nodes.fake.count=0'] });
    control = cluster.handle.nodeControl as NodeControl;
  });
  after(() => lab?.close());

  const node = (name: string) => cluster.admin.get<V1Node>(pathOf('Node', { name })).catch(() => undefined);
  const readyOf = async (name: string) =>
    (await node(name))?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');

  it('can be joined by a fresh machine, which is the cluster’s: it goes with it', async () => {
    const { node: name, ended } = await control.join('late', never);
    expect(name).to.equal(`${cluster.handle.name}-late`);
    await eventually('the fresh node to be ready', () => readyOf(name), 180);
    expect((await ended).exitCode).to.equal(0);
    const { metadata, spec } = (await node(name)) as V1Node;
    expect(metadata?.labels).to.include({ 'falldown.dev/node': 'real' });
    expect(spec?.providerID).to.match(new RegExp(`/${name}$`));
    expect(inDocker(cluster.handle.name)).to.include(`container ${name}`);
  });

  it('can be given a threshold for eviction, which stands in the kubelet’s configuration until it is taken back', async () => {
    const name = cluster.handle.nodes[0] as string;
    const threshold = async () => {
      const path = `${pathOf('Node', { name })}/proxy/configz`;
      const answer = await cluster.admin.get<{ kubeletconfig: { evictionSoft?: Record<string, string> } }>(path);
      return answer.kubeletconfig.evictionSoft?.['memory.available'];
    };
    const before = await threshold();
    const restore = await control.evictBelow(name, 300 * 2 ** 20, never);
    expect(await eventually('the kubelet to be back', threshold)).to.equal(String(300 * 2 ** 20));
    await restore();
    await eventually('the kubelet to be back', () => readyOf(name));
    expect(await threshold()).to.equal(before);
  });
});
