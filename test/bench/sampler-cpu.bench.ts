import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { createIdentity } from '../../harness/kube/identities.ts';
import type { Bench, Claim } from './claim.ts';

const BIN = new URL('../../bin/falldown.js', import.meta.url).pathname;
const SAMPLED = new URL('./sampled.ts', import.meta.url).pathname;
const NAME = 'falldown-bench-sampler';
const PER_SECOND = 500;
const SECONDS = 20;
const progress = { step: () => () => undefined, say: () => undefined };
const { signal } = new AbortController();

export const claim: Claim = {
  name: 'sampler-cpu',
  says: 'the API sampler costs at most 1.3 of the CPU of vegeta: the same list, 500 times a second over one HTTP/2 session',
  ours: 'the API sampler alone in a process',
  theirs: 'vegeta attack',
  unit: 'CPU s',
  ratio: { atMost: 1.3 },
  runs: 3,

  async open(say): Promise<Bench> {
    const dir = mkdtempSync(join(tmpdir(), 'falldown-bench-'));
    const env = { XDG_STATE_HOME: join(dir, 'state') };
    const close = async () => {
      await execa(process.execPath, [BIN, 'down', NAME], { env, reject: false, stdin: 'ignore' });
      rmSync(dir, { recursive: true, force: true });
    };
    try {
      const vegeta = (await ensure(['vegeta'], { progress, signal })).paths.get('vegeta') as string;
      const up = ['up', '--no-gatekeeper', '--name', NAME, '--set', 'cluster.nodes.fake.count=2'];
      const { stdout } = await execa(process.execPath, [BIN, ...up], { env, stdin: 'ignore' });
      const base = await credentialsFrom(/KUBECONFIG='?([^'\s]+)/.exec(stdout)?.[1] as string);
      const admin = new KubeClient(base);
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
      const user = await createIdentity(admin, base, { name: 'bench', rules }, 'bench');
      await admin.close();
      const { authorization = '' } = user.headers;
      const [targets, results] = [join(dir, 'targets'), join(dir, 'results')];
      writeFileSync(targets, `GET ${base.server}/api/v1/pods?limit=1\nAuthorization: ${authorization}\n`);
      return {
        async ours() {
          const args = [SAMPLED, base.server, authorization.replace('Bearer ', ''), `${PER_SECOND}`, `${SECONDS}`];
          const ran = await execa(process.execPath, args, { stdin: 'ignore' });
          const { waited, failed, cpuSeconds } = JSON.parse(ran.stdout) as Sampled;
          const sorted = Float64Array.from(waited).sort();
          say(`  ${sorted.length} requests, ${failed} failed, p50 ${ms(sorted, 0.5)}, p99 ${ms(sorted, 0.99)}`);
          return cpuSeconds;
        },
        async theirs() {
          const attack = ['attack', '-targets', targets, '-output', results, '-insecure', '-connections', '1'];
          const rate = ['-rate', `${PER_SECOND}`, '-duration', `${SECONDS}s`];
          const cpuSeconds = await cpuOf([vegeta, ...attack, ...rate], join(dir, 'cpu'));
          const { stdout: json } = await execa(vegeta, ['report', '-type', 'json', results]);
          const { requests, success, latencies } = JSON.parse(json) as Report;
          const [p50, p99] = [latencies['50th'], latencies['99th']].map((ns) => `${(ns / 1e6).toFixed(2)} ms`);
          say(`  ${requests} requests, ${Math.round(requests * (1 - success))} failed, p50 ${p50}, p99 ${p99}`);
          return cpuSeconds;
        },
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

interface Sampled {
  waited: number[];
  failed: number;
  cpuSeconds: number;
}

interface Report {
  requests: number;
  success: number;
  /** Nanoseconds. */
  latencies: Record<'50th' | '99th', number>;
}

/** User and system time of a command in seconds, as the shell measures it. */
async function cpuOf(command: string[], file: string): Promise<number> {
  await execa('bash', ['-c', 'f=$1; shift; TIMEFORMAT="%U %S"; { time "$@"; } 2>"$f"', 'bash', file, ...command]);
  const [user = Number.NaN, system = Number.NaN] = readFileSync(file, 'utf8').trim().split(/\s+/).slice(-2).map(Number);
  return user + system;
}

function ms(sorted: Float64Array, share: number): string {
  return `${((sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN) * 1000).toFixed(2)} ms`;
}
