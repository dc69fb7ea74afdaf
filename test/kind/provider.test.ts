import { execFileSync } from 'node:child_process';
import type { V1Job, V1Node, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { kind } from '../../clusters/providers/kind/index.ts';
import type { RecordProcess } from '../../clusters/providers/provider.ts';
import type { ProcessChanged, WatchState } from '../../harness/journal/events.ts';
import { pathOf } from '../../harness/kube/paths.ts';
import { NODE_LABEL } from '../../harness/labels.ts';
import { encodingJobs } from '../../harness/load/encoding.ts';
import { processesOf } from '../../harness/processes.ts';
import { type Cluster, eventually, Lab, sleeper } from '../integration/lab.ts';
import { inDocker, needsDocker, volumes } from './docker.ts';

const PODS = pathOf('Pod', { namespace: 'default' });
const SET = ['cluster.nodes.real.cpu=1500m', 'cluster.nodes.real.pods=40', 'workloads.encoding.encodeSeconds=2'];
const TWO = ['cluster.nodes.real.count=2', 'cluster.nodes.fake.count=0'];

describe('kind clusters', function () {
  this.timeout(300_000);
  let lab: Lab;
  let one: Cluster;
  let volumesBefore: string[];

  before(async function () {
    await needsDocker.call(this);
    volumesBefore = volumes();
    lab = new Lab(kind('auto'));
    one = await lab.up('kind-one', { gatekeeper: false, set: SET });
  });
  after(() => lab?.close());

  const node = (name: string) => one.admin.get<V1Node>(pathOf('Node', { name }));
  const worker = () => one.handle.nodes[0] as string;
  const systemPods = async () =>
    (await one.admin.get<{ items: V1Pod[] }>(pathOf('Pod', { namespace: 'kube-system' }))).items;
  const nameOf = ({ metadata }: V1Pod) => metadata?.name ?? '';

  it('have real nodes of the profile’s size, which the kubelet keeps to, and the control plane to itself', async () => {
    const { metadata, status } = await node(worker());
    expect(status?.allocatable).to.include({ cpu: '1500m', memory: '4Gi', pods: '40' });
    expect(metadata?.labels).to.include({ [NODE_LABEL]: 'real' });
    expect(status?.nodeInfo?.containerRuntimeVersion).to.match(/^containerd:/);
    const plane = await node(worker().replace('worker', 'control-plane'));
    expect(plane.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).to.include(
      'node-role.kubernetes.io/control-plane:NoSchedule',
    );
    expect(one.handle.kubernetesVersion).to.equal(status?.nodeInfo?.kubeletVersion.replace('v', ''));
  });

  it('give the controllers the profile’s client limits, and leave Priority and Fairness on', async () => {
    const commandOf = async (component: string) =>
      (await systemPods()).find((pod) => nameOf(pod).startsWith(component))?.spec?.containers[0]?.command ?? [];
    expect(await commandOf('kube-controller-manager')).to.include.members([
      '--kube-api-qps=250',
      '--kube-api-burst=250',
    ]);
    expect(await commandOf('kube-scheduler')).to.include.members(['--kube-api-qps=500', '--kube-api-burst=1000']);
    expect((await commandOf('kube-apiserver')).join(' ')).not.to.match(/fairness|inflight/);
  });

  it('keep their own pods off the fake nodes, and CoreDNS off the real ones', async () => {
    const pods = await systemPods();
    expect(pods.filter(({ spec }) => spec?.nodeName?.startsWith('fake-')).map(nameOf)).to.deep.equal([]);
    const dns = pods.filter((pod) => nameOf(pod).startsWith('coredns'));
    expect(dns.map(({ spec }) => spec?.nodeName ?? '')).to.satisfy((on: string[]) =>
      on.every((name) => name === '' || name.endsWith('control-plane')),
    );
  });

  it('run the encoding Job on fake nodes and, a few of it, as real containers; both finish', async () => {
    const { profile } = loadProfile({ profile: 'as-in-the-incident', set: [...SET, 'workloads.encoding.pods=12'] });
    const jobs = encodingJobs({ ...profile.workloads.encoding, namespace: 'default', realPods: 2 }, 'run', true);
    for (const { manifest } of jobs) await one.admin.create(pathOf('Job', { namespace: 'default' }), manifest);
    for (const { name, segments } of jobs) {
      await eventually(
        `${name} to be complete`,
        async () => {
          const { status } = await one.admin.get<V1Job>(pathOf('Job', { namespace: 'default', name }));
          return status?.succeeded === segments;
        },
        90,
      );
    }
    const { items } = await one.admin.get<{ items: V1Pod[] }>(PODS);
    const real = items.filter(({ spec }) => spec?.nodeName === worker());
    expect(real).to.have.length(2);
    expect(items.filter(({ spec }) => spec?.nodeName?.startsWith('fake-'))).to.have.length(10);
    const ran = real.map(({ status }) => status?.containerStatuses?.[0]);
    expect(
      ran.every((c) => c?.state?.terminated?.exitCode === 0 && c.containerID?.startsWith('containerd://')),
    ).to.equal(true);
  });

  it('tell when a container starts and ends, as its containerd saw it, and when nobody was looking', async () => {
    const lines: (ProcessChanged | WatchState)[] = [];
    const times = new Map<string, number>();
    const record: RecordProcess = (line, at) => {
      lines.push(line);
      if (line.type === 'process') times.set(`${line.op} ${line.pod}`, Date.parse(at as string));
    };
    const seen = (op: string, pod: string) => lines.find((l) => l.type === 'process' && l.op === op && l.pod === pod);
    const states = () => lines.filter((l) => l.type === 'watch').map((l) => l.op);
    const stop = new AbortController();
    await one.handle.watchProcesses?.(record, stop.signal);
    expect(states()).to.deep.equal(['synced']);
    const made = Date.now();
    await one.admin.create(
      PODS,
      sleeper('watched', { terminationGracePeriodSeconds: 1 }, { labels: { 'falldown.dev/role': 'good' } }),
    );
    await eventually('its start', () => seen('started', 'default/watched'));
    await one.admin.delete(pathOf('Pod', { namespace: 'default', name: 'watched' }));
    const ended = await eventually('its end', () => seen('exited', 'default/watched'));
    // `sleep` as the first process does not heed SIGTERM.
    expect(ended).to.include({ role: 'good', container: 'main', exitCode: 137 });
    expect(times.get('started default/watched')).to.be.within(made, Date.now());
    expect(times.get('exited default/watched')! - times.get('started default/watched')!).to.be.at.least(1000);

    execFileSync('docker', ['exec', worker(), 'sh', '-c', 'kill $(pidof ctr)']);
    await eventually('the gap to be over', () => states().includes('resumed'));
    expect(states()).to.deep.equal(['synced', 'gap', 'resumed']);
    stop.abort();
    await eventually('its end', () => states().at(-1) === 'stopped');
  });

  it('write the logs of kubelets and containers where they are wanted', async () => {
    const { mkdtemp, readdir, rm } = await import('node:fs/promises');
    const to = await mkdtemp('/tmp/falldown-kind-logs-');
    try {
      await one.handle.exportLogs?.(to);
      const files = (await readdir(to, { recursive: true })).join('\n');
      expect(files)
        .to.include(`${worker()}/kubelet.log`)
        .and.to.match(/control-plane\/.*kube-apiserver/);
    } finally {
      await rm(to, { recursive: true, force: true });
    }
  });

  it('live side by side, each in a network of its own, and go with all they had', async () => {
    const two = await lab.up('kind-two', { gatekeeper: false, set: TWO });
    const names = [one, two].map(({ handle }) => handle.name);
    expect(two.handle.nodes).to.deep.equal([`${names[1]}-worker`, `${names[1]}-worker2`]);
    expect(two.admin.server).not.to.equal(one.admin.server);
    await two.admin.create(PODS, sleeper('only-here'));
    const { items } = await one.admin.get<{ items: V1Pod[] }>(PODS);
    expect(items.map(nameOf)).not.to.include('only-here');
    expect(inDocker(names[1] as string)).to.have.length(4);

    await lab.down(two);
    expect(inDocker(names[1] as string)).to.deep.equal([]);
    expect(inDocker(names[0] as string)).to.have.length(3);
    await lab.down(one);
    await kind().down(names[0] as string);
    expect(names.flatMap(inDocker)).to.deep.equal([]);
    expect(names.flatMap(processesOf)).to.deep.equal([]);
    expect(volumes().filter((name) => !volumesBefore.includes(name))).to.deep.equal([]);
  });
});
