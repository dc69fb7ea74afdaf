import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { whileHolding } from '../../../harness/machine-name.ts';
import { endProcesses } from '../end-processes.ts';
import type { Checkpoint } from '../provider.ts';
import type { AgentConfig } from './agent/config.ts';
import { startAgent } from './agent-process.ts';
import { KWOKCTL_NAME, kwokDir, restartControlPlane } from './control-plane.ts';
import { octetName } from './octet.ts';

/** What it takes to start a cluster again just as it was: same configuration, ports, certificates and addresses. */
export interface Life {
  name: string;
  dir: string;
  kwokctl: string;
  kubeconfig: string;
  agent: AgentConfig;
}

/**
 * Stops the cluster, copies etcd's data (everything else is configuration, and does not change), and starts it again.
 * The copies are in the cluster's folder, so they go when it goes.
 *
 * The processes are killed, as in a power cut: etcd has synced all that it ever acknowledged. The data is cloned where
 * the file system can (reflink) and copied otherwise; never hard-linked, as etcd writes into its files.
 */
export async function takeCheckpoint(life: Life, name: string, signal: AbortSignal): Promise<Checkpoint> {
  const data = join(kwokDir(life.dir, life.name), 'etcd');
  const copy = join(life.dir, 'checkpoints', name);
  const started = performance.now();
  await around(life, signal, async () => {
    await rm(copy, { recursive: true, force: true });
    await copyData(data, copy);
  });
  return {
    name,
    seconds: (performance.now() - started) / 1000,
    bytes: await sizeOf(copy),
    async restore(until) {
      await around(life, until, async () => {
        await rm(data, { recursive: true, force: true });
        await copyData(copy, data);
      });
    },
    remove: () => rm(copy, { recursive: true, force: true }),
  };
}

/** Does something to the data while nothing runs, and starts everything again. Meanwhile nobody may take ports or addresses. */
async function around(life: Life, signal: AbortSignal, change: () => Promise<void>): Promise<void> {
  const { name, dir, kwokctl, kubeconfig, agent } = life;
  const restart = async () => {
    await endProcesses(name, 'infrastructure');
    await change();
    // Side by side: the agent takes a second to load, and waits for the API server by itself.
    const controlPlane = restartControlPlane({ name, dir, kwokctl, kubeconfig, signal });
    await Promise.all([controlPlane, startAgent(dir, { ...agent, restarted: true }, signal)]);
  };
  // kwokctl gives a new cluster the highest ports that are free, which ours would be for a moment.
  await whileHolding(`${octetName(agent.octet)}-claim`, () => whileHolding(KWOKCTL_NAME, restart, signal), signal);
}

async function copyData(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true, mode: 0o700 });
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await lstat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
