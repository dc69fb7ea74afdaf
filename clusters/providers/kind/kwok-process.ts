import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { FAKE_NODES, kwokConfiguration } from '../kwok/configuration.ts';

/** The node controller gives a node up 40 s after its last sign of life; kwok renews each node's lease in a quarter of this. */
const LEASE_SECONDS = 40;

/**
 * Starts kwok on this host against a cluster's API server. It outlives this process, as kubelets do; `down` finds it by
 * its mark. Returns the path of its log.
 */
export async function startKwok(options: {
  cluster: string;
  dir: string;
  kwok: string;
  kubeconfig: string;
}): Promise<string> {
  const { cluster, dir, kwok, kubeconfig } = options;
  const config = kwokConfiguration({
    manageAllNodes: false,
    manageNodesWithLabelSelector: FAKE_NODES,
    nodeLeaseDurationSeconds: LEASE_SECONDS,
  });
  const file = join(dir, 'kwok.yaml');
  await writeFile(file, config.map((doc) => stringify(doc)).join('---\n'), { mode: 0o600 });
  const path = join(dir, 'logs', 'kwok-controller.log');
  const log = await open(path, 'a', 0o600);
  const child = spawn(kwok, ['--config', file, '--kubeconfig', kubeconfig], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, [CLUSTER_MARK]: cluster },
  });
  await once(child, 'spawn');
  child.unref();
  await log.close();
  return path;
}
