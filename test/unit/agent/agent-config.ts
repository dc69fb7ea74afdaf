import { join } from 'node:path';
import type { AgentConfig } from '../../../clusters/providers/embedded/agent/config.ts';

/** What a node agent is told whose files are all in one folder. */
export function agentConfig(dir: string): AgentConfig {
  const processLog = join(dir, 'processes.ndjson');
  return { cluster: 'c', kubeconfig: '', nodes: ['real-0'], octet: 53, binaries: {}, podsDir: dir, processLog };
}
