import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { loadProfile } from '../../clusters/profiles/load.ts';
import { imagesFor } from '../../clusters/providers/kind/images.ts';
import { kind } from '../../clusters/providers/kind/index.ts';
import { kyvernoChart } from '../../clusters/toolchain/chart.ts';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { probePod } from '../../harness/gatekeeper/enforcement.ts';
import type { Bench, Claim } from './claim.ts';

const BIN = new URL('../../bin/falldown.js', import.meta.url).pathname;
const { signal } = new AbortController();
const progress = { step: () => () => undefined, say: () => undefined };
const KYVERNO_IMAGES = ['kyverno', 'kyvernopre'].map((name) => `reg.kyverno.io/kyverno/${name}`);

/** What somebody writes by hand for a control plane and a worker; the patch is what kubelets want on cgroup v1. */
const BY_HAND = {
  kind: 'Cluster',
  apiVersion: 'kind.x-k8s.io/v1alpha4',
  kubeadmConfigPatches: ['kind: KubeletConfiguration\nfailCgroupV1: false\n'],
  nodes: [{ role: 'control-plane' }, { role: 'worker' }],
};

export const claim: Claim = {
  name: 'kind-up',
  says: '`up --on kind` to a gatekeeper that enforces takes at most 0.9 of the same by hand',
  ours: 'falldown up --on kind, with 60 fake nodes',
  theirs: 'kind create, kind load, helm install --wait, kubectl apply',
  unit: 's',
  ratio: { atMost: 0.9 },
  runs: 3,

  async missing() {
    const [first] = await kind().missing();
    return first === undefined ? undefined : `${first.what} (${first.remedy})`;
  },

  async open(say): Promise<Bench> {
    const { profile } = loadProfile({ profile: 'as-in-the-incident' });
    const dir = mkdtempSync(join(tmpdir(), 'falldown-bench-'));
    const { paths } = await ensure(['kind', 'helm', 'kubectl', 'kwok'], { progress, signal });
    const images = await imagesFor('auto', profile, progress, signal);
    const chart = await kyvernoChart(profile.gatekeeper.kyverno, { signal });
    const tool = (name: string) => paths.get(name) as string;
    const file = (name: string, content: object) => {
      writeFileSync(join(dir, name), stringify(content));
      return join(dir, name);
    };
    const config = file('kind.yaml', BY_HAND);
    const values = file('values.yaml', profile.gatekeeper.values);
    const policies = file('policies.yaml', { apiVersion: 'v1', kind: 'List', items: profile.gatekeeper.policies });
    const pods = (['violating', 'good'] as const).map((subject) =>
      file(`${subject}.yaml`, probePod(profile, subject, 'bench')),
    );
    const kubeconfig = join(dir, 'kubeconfig');
    const run = (name: string, ...args: string[]) =>
      execa(tool(name), args, { env: { KUBECONFIG: kubeconfig }, stdin: 'ignore' });
    const admitted = (pod: string) =>
      run('kubectl', 'create', '--dry-run=server', '--filename', pod).then(
        () => true,
        () => false,
      );
    let archive: string | undefined;

    const byHand = async () => {
      const cluster = 'falldown-bench-hand';
      const lap = stopwatch();
      try {
        await run('kind', 'create', 'cluster', '--name', cluster, '--config', config, '--image', images.node);
        lap.end('create');
        // Not part of it: images made here are in the node image already, so the archive is taken from there.
        archive ??= await exported(cluster, profile.gatekeeper.kyverno, join(dir, 'kyverno.tar'));
        lap.skip();
        await run('kind', 'load', 'image-archive', archive, '--name', cluster);
        lap.end('load');
        const install = ['install', 'kyverno', chart, '--namespace', 'kyverno', '--create-namespace', '--no-hooks'];
        await run('helm', ...install, '--values', values, '--wait');
        lap.end('helm');
        await run('kubectl', 'apply', '--filename', policies);
        while ((await admitted(pods[0] as string)) || !(await admitted(pods[1] as string)));
        lap.end('policy');
        say(`  by hand: ${lap.laps()}`);
        return lap.total();
      } finally {
        await run('kind', 'delete', 'cluster', '--name', cluster);
      }
    };

    const ours = async () => {
      const started = performance.now();
      const name = 'falldown-bench-ours';
      const options = { stdin: 'ignore', env: { XDG_STATE_HOME: join(dir, 'state') } } as const;
      try {
        await execa(process.execPath, [BIN, 'up', '--on', 'kind', '--name', name], options);
        return (performance.now() - started) / 1000;
      } finally {
        await execa(process.execPath, [BIN, 'down', name], { ...options, reject: false });
      }
    };
    return { ours, theirs: byHand, close: async () => rmSync(dir, { recursive: true, force: true }) };
  },
};

/** The images of Kyverno as a file, out of a node that has them. */
async function exported(cluster: string, version: string, to: string): Promise<string> {
  const names = KYVERNO_IMAGES.map((name) => `${name}:v${version}`);
  const node = `${cluster}-worker`;
  await execa('docker', ['exec', node, 'ctr', '-n', 'k8s.io', 'images', 'export', '/kyverno.tar', ...names]);
  await execa('docker', ['cp', `${node}:/kyverno.tar`, to]);
  return to;
}

/** Seconds of each lap; what lies between `end` and `skip` does not count. */
function stopwatch() {
  let since = performance.now();
  const laps: [string, number][] = [];
  return {
    end(name: string) {
      laps.push([name, (performance.now() - since) / 1000]);
      since = performance.now();
    },
    skip() {
      since = performance.now();
    },
    total: () => laps.reduce((sum, [, seconds]) => sum + seconds, 0),
    laps: () => laps.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(', '),
  };
}
