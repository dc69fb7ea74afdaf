import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNameHeld } from '../../../harness/machine-name.ts';
import { CLUSTER_MARK } from '../../../harness/processes.ts';
import { waitFor } from '../../../harness/wait.ts';
import type { AgentConfig } from './agent/config.ts';
import { octetName } from './octet.ts';

/** It needs one import of a second; more on a busy machine. */
const AGENT_SECONDS = 20;

/**
 * Starts the node agent and returns when it has taken over the claim on the cluster's addresses, the first thing it
 * does. It outlives this process, as a kubelet does: clusters made by `up` go on, and `down` finds it by its mark.
 */
export async function startAgent(dir: string, config: AgentConfig, signal: AbortSignal): Promise<void> {
  const file = join(dir, 'agent.json');
  await mkdir(config.podsDir, { recursive: true, mode: 0o700 });
  await writeFile(config.processLog, '', { mode: 0o600 });
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  const path = join(dir, 'logs', 'node-agent.log');
  const log = await open(path, 'a', 0o600);
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const main = fileURLToPath(new URL(`./agent/main.${extension}`, import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, file], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, [CLUSTER_MARK]: config.cluster },
  });
  await once(child, 'spawn');
  child.unref();
  await log.close();
  await waitFor(() => isNameHeld(octetName(config.octet)), {
    what: 'the node agent to start',
    timeoutSeconds: AGENT_SECONDS,
    signal,
    everySeconds: 0.05,
    seen: async () => (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-5).join('\n'),
    next: `read ${path}`,
  });
}
