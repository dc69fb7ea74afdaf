import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { ensure } from '../../clusters/toolchain/ensure.ts';
import { KubeClient } from '../../harness/kube/client.ts';
import { credentialsFrom } from '../../harness/kube/credentials.ts';
import { createIdentity } from '../../harness/kube/identities.ts';
import { cpuSecondsOf } from './cpu.ts';

const BIN = new URL('../../bin/falldown.js', import.meta.url).pathname;
const SAMPLED = new URL('./sampled.ts', import.meta.url).pathname;
const progress = { step: () => () => undefined, say: () => undefined };
/** Either side has started, connected and been compiled by then; its CPU is counted from here … */
const WARM_SECONDS = 4;
/** … until so long before its end. */
const TAIL_SECONDS = 1;

export interface Measured {
  /** Seconds from the moment each was due (ours), or sent (vegeta); sorted. */
  waited: Float64Array;
  /** When each was due, seconds from the first; ours alone. */
  due: number[];
  failed: number;
  /** CPU seconds per second while it went on evenly, of the whole process. */
  cpu: number;
}

/** A bare cluster, and the API sampler and vegeta asking it the same: a list of one pod, over one HTTP/2 session, as an ordinary user. */
export interface SamplerSides {
  ours(perSecond: number, seconds: number): Promise<Measured>;
  theirs(perSecond: number, seconds: number): Promise<Measured>;
  /** Name of the cluster, to stop a process of it. */
  cluster: string;
  close(): Promise<void>;
}

export async function openSides(signal: AbortSignal): Promise<SamplerSides> {
  const cluster = `falldown-bench-${process.pid}`;
  const dir = mkdtempSync(join(tmpdir(), 'falldown-bench-'));
  const env = { XDG_STATE_HOME: join(dir, 'state') };
  const close = async () => {
    await execa(process.execPath, [BIN, 'down', cluster], { env, reject: false, stdin: 'ignore' });
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const vegeta = (await ensure(['vegeta'], { progress, signal })).paths.get('vegeta') as string;
    const up = ['up', '--no-gatekeeper', '--name', cluster, '--set', 'cluster.nodes.fake.count=2'];
    const { stdout } = await execa(process.execPath, [BIN, ...up], { env, stdin: 'ignore', cancelSignal: signal });
    const base = await credentialsFrom(/KUBECONFIG='?([^'\s]+)/.exec(stdout)?.[1] as string);
    const admin = new KubeClient(base);
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    const user = await createIdentity(admin, base, { name: 'bench', rules }, 'bench');
    await admin.close();
    const { authorization = '' } = user.headers;
    const [targets, results] = [join(dir, 'targets'), join(dir, 'results')];
    writeFileSync(targets, `GET ${base.server}/api/v1/pods?limit=1\nAuthorization: ${authorization}\n`);
    return {
      cluster,
      async ours(perSecond, seconds) {
        const args = [SAMPLED, base.server, authorization.replace('Bearer ', ''), `${perSecond}`, `${seconds}`];
        const { cpu, output } = await watched([process.execPath, ...args], seconds, signal);
        const { waited, due, failed } = JSON.parse(output) as { waited: number[]; due: number[]; failed: number };
        return { waited: Float64Array.from(waited).sort(), due, failed, cpu };
      },
      async theirs(perSecond, seconds) {
        const attack = ['attack', '-targets', targets, '-output', results, '-insecure', '-connections', '1'];
        const rate = ['-rate', `${perSecond}`, '-duration', `${seconds}s`];
        const { cpu } = await watched([vegeta, ...attack, ...rate], seconds, signal);
        const { stdout: lines } = await execa(vegeta, ['encode', '--to', 'csv', results]);
        const rows = lines.split('\n').map((line) => line.split(','));
        const failed = rows.filter(([, code]) => code !== '200').length;
        // Fields of its CSV: time, status, latency in nanoseconds, …
        return { waited: Float64Array.from(rows, (row) => Number(row[2]) / 1e9).sort(), due: [], failed, cpu };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs a command and counts the CPU of its process by the kernel's own books, from when it is warm until shortly before its end. */
async function watched(command: string[], seconds: number, signal: AbortSignal) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += String(data);
  });
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  await delay(WARM_SECONDS * 1000, undefined, { signal });
  const [from, began] = [cpuSecondsOf(child.pid), performance.now()];
  await delay((seconds - WARM_SECONDS - TAIL_SECONDS) * 1000, undefined, { signal });
  const [to, over] = [cpuSecondsOf(child.pid), performance.now()];
  await ended;
  return { output, cpu: (to - from) / ((over - began) / 1000) };
}

/** The value that a share of sorted values does not exceed. */
export function at(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function describe({ waited, failed, cpu }: Measured): string {
  const ms = (share: number) => `${(at(waited, share) * 1000).toFixed(2)} ms`;
  return `  ${waited.length} requests, ${failed} failed, p50 ${ms(0.5)}, p99 ${ms(0.99)}, CPU ${(cpu * 1000).toFixed(0)} ms/s`;
}
