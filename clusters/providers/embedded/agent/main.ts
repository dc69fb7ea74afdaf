/**
 * The node agent of an embedded cluster: kubelet and kube-proxy for its real nodes, in a process of its own, because a
 * kubelet must not stop when the harness does, and its work must not slow what the harness measures.
 * Usage: node main.ts CONFIG.json
 */
import { readFile } from 'node:fs/promises';
import { reasonOf } from '../../../../harness/errors.ts';
import { KubeClient } from '../../../../harness/kube/client.ts';
import { credentialsFrom } from '../../../../harness/kube/credentials.ts';
import { holdName } from '../../../../harness/machine-name.ts';
import { waitFor } from '../../../../harness/wait.ts';
import { octetName } from '../octet.ts';
import type { AgentConfig } from './config.ts';
import { forgetDeadHolders } from './dead-leases.ts';
import { runNodeAgent } from './node-agent.ts';
import { ServiceForwarder } from './service-forwarder.ts';

/** An API server that does not answer by then will not. */
const API_SECONDS = 120;

const config = JSON.parse(await readFile(process.argv[2] as string, 'utf8')) as AgentConfig;
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
const say = (message: string) => console.error(new Date().toISOString(), message);

if ((await holdName(octetName(config.octet))) === undefined)
  throw new Error(`127.${config.octet}.0.0 is another cluster's`);
const base = await credentialsFrom(config.kubeconfig);
say(`node agent of ${config.cluster} for ${config.nodes.join(', ')}`);
if (config.restarted) {
  const client = new KubeClient(base, { actor: 'provider', connections: 4 });
  let failure: unknown;
  const forgotten = async () => {
    try {
      await forgetDeadHolders(client, config.nodes);
      return true;
    } catch (error) {
      failure = error;
      return false;
    }
  };
  // Before any pod is started, as it would wait for a lease of its own earlier life. The API server is about to start.
  await waitFor(forgotten, {
    what: 'the leases of dead processes to go',
    timeoutSeconds: API_SECONDS,
    everySeconds: 0.1,
    signal: stop.signal,
    seen: () => reasonOf(failure),
  });
  await client.close();
}
await Promise.all([runNodeAgent(config, base, stop.signal), new ServiceForwarder(say).run(base, stop.signal)]);
process.exit(0);
