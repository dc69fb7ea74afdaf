import { setTimeout as delay } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { KubeClient } from '../../../../harness/kube/client.ts';
import type { Credentials } from '../../../../harness/kube/credentials.ts';
import { type KubeObject, wire } from '../../../../harness/kube/object.ts';
import { watch } from '../../../../harness/kube/watch.ts';
import type { AgentConfig } from './config.ts';
import { PodAddresses } from './pod-address.ts';
import { hasEnded, PodWorker } from './pod-worker.ts';
import { ProcessLog } from './process-log.ts';

/** The kubelet renews its node's lease every 10 s. */
const LEASE_SECONDS = 10;

/** The kubelet of this cluster's real nodes: every pod bound to one of them becomes processes. */
export async function runNodeAgent(config: AgentConfig, base: Credentials, signal: AbortSignal): Promise<void> {
  const addresses = new PodAddresses(config.octet);
  const log = new ProcessLog(config.processLog);
  await Promise.all(config.nodes.map((name) => serveNode(name, config, base, addresses, log, signal)));
}

async function serveNode(
  name: string,
  config: AgentConfig,
  base: Credentials,
  addresses: PodAddresses,
  log: ProcessLog,
  signal: AbortSignal,
): Promise<void> {
  // It acts as a node does, so that the node authorizer and policies that exempt nodes see what they would in production.
  const node = new KubeClient(
    {
      ...base,
      headers: { ...base.headers, 'impersonate-user': `system:node:${name}`, 'impersonate-group': 'system:nodes' },
    },
    { actor: `node-agent/${name}` },
  );
  const workers = new Map<string, PodWorker>();
  const event = (pod: V1Pod, type: string, reason: string, message: string) => {
    void postEvent(node, name, pod, type, reason, message).catch(() => undefined);
  };
  const fieldSelector = `spec.nodeName=${name}`;
  await keepAddresses(node, fieldSelector, addresses, signal);
  const pods = watch<KubeObject>(
    node,
    '/api/v1/pods',
    { query: { fieldSelector } },
    {
      onObject(op, object) {
        const pod = object as unknown as V1Pod;
        const uid = pod.metadata?.uid ?? '';
        const worker = workers.get(uid);
        if (op === 'deleted') {
          workers.delete(uid);
          void worker?.vanished();
        } else if (worker !== undefined) worker.update(pod);
        // One that has ended is left alone, unless its deletion waits for this kubelet's last word.
        else if (!hasEnded(pod) || pod.metadata?.deletionTimestamp !== undefined) {
          // A pod keeps the address that it got from an earlier agent, as it would through a restart of the kubelet.
          const podIP = pod.status?.podIP || addresses.take();
          const fresh = new PodWorker(pod, { config, node, base, log, event, podIP });
          workers.set(uid, fresh);
          if (pod.metadata?.deletionTimestamp === undefined) void fresh.run();
          else fresh.update(pod);
        }
      },
    },
    signal,
  );
  const lease = renewLease(node, name);
  const timer = setInterval(() => void renewLease(node, name), LEASE_SECONDS * 1000);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  await Promise.all([pods.done, lease]);
}

/** Before any address is handed out: those that pods have got from an earlier agent are taken. */
async function keepAddresses(node: KubeClient, fieldSelector: string, addresses: PodAddresses, signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      for await (const pod of node.list('/api/v1/pods', { query: { fieldSelector }, signal })) {
        const podIP = wire<V1Pod>(pod).status?.podIP;
        if (podIP) addresses.keep(podIP);
      }
      return;
    } catch {
      await delay(200);
    }
  }
}

/** Tells the node lifecycle controller that this node lives; a missed beat is made up by the next. */
async function renewLease(node: KubeClient, name: string): Promise<void> {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace('Z', '000Z') },
  };
  await node
    .apply(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`, lease)
    .catch(() => undefined);
}

async function postEvent(node: KubeClient, host: string, pod: V1Pod, type: string, reason: string, message: string) {
  const { namespace, name, uid, resourceVersion } = pod.metadata!;
  const time = new Date().toISOString();
  await node.create(`/api/v1/namespaces/${namespace}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion },
    type,
    reason,
    message,
    source: { component: 'falldown-node-agent', host },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  });
}
