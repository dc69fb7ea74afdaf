import { readFile } from 'node:fs/promises';
import type { ClusterHandle } from '../../clusters/providers/provider.ts';
import type { KubeClient } from '../kube/client.ts';
import { pathOf } from '../kube/paths.ts';
import { KYVERNO_NAMESPACE } from './helm.ts';
import type { GatekeeperPod } from './pods.ts';

const LINES = 12;

/** What of the gatekeeper last died on its own had to say: from the node agent's log, or from its kubelet. */
export async function lastWords(
  handle: ClusterHandle,
  admin: KubeClient,
  pods: readonly GatekeeperPod[],
): Promise<string> {
  const words = handle.processLog === undefined ? await fromKubelet(admin, pods) : await fromAgent(handle.processLog);
  return words ?? handle.logs.join(', ');
}

async function fromAgent(processLog: string): Promise<string | undefined> {
  const text = await readFile(processLog, 'utf8').catch(() => '');
  const died = text
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes('"output"'))
    .map((line) => JSON.parse(line) as { pod: string; container: string; exitCode: number; output: string })
    .filter(({ pod }) => pod.startsWith(`${KYVERNO_NAMESPACE}/`));
  const last = died.at(-1);
  if (last === undefined) return undefined;
  return `${last.container} of ${last.pod} exited with ${last.exitCode}; its last lines:\n${last.output}`;
}

/** `kubectl logs` of the first container that died, of its last life if it is running again. */
async function fromKubelet(admin: KubeClient, pods: readonly GatekeeperPod[]): Promise<string | undefined> {
  for (const { name, containers } of pods) {
    const died = containers.find(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.exitCode);
    if (died === undefined) continue;
    const path = `${pathOf('Pod', { namespace: KYVERNO_NAMESPACE, name })}/log`;
    const query = { container: died.name, tailLines: LINES, previous: died.state?.terminated === undefined };
    const text = await admin.text(path, { query, timeoutSeconds: 10 }).catch(() => undefined);
    if (text !== undefined) return `the last lines of ${died.name} of ${KYVERNO_NAMESPACE}/${name}:\n${text}`;
  }
  return undefined;
}
