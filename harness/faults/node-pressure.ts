import type { NodeControl } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import type { KubeClient } from '../kube/client.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { runLabels } from '../labels.ts';
import { evict } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';

const MEBI = 2 ** 20;
/** What the hog writes into memory. */
const HOG_MIB = 384;
/** It asks for more than it takes: within its request, priority alone decides who is evicted. */
const HOG_REQUEST_MIB = 400;
/**
 * How far the hog goes below the threshold. Less than the 64–75 MiB of a Kyverno pod, measured on Kyverno 1.19.1, so that
 * evicting it is enough and nobody else has to go; and well more than what an idle node's use varies by.
 */
const BELOW_MIB = 32;

interface Summary {
  node: { memory: { availableBytes: number } };
}

export interface PressureParts {
  control: () => NodeControl;
  /** Reads the kubelet's statistics through the API server. */
  admin: KubeClient;
  /** Runs the hog … */
  user: () => Person;
  /** … and gets rid of it: through the eviction API, which a dead webhook does not stop. */
  platform: () => Person;
  namespace: string;
  labels: Record<string, string>;
  priorityClassName: string | undefined;
  runId: string;
  /** Resolves when the gatekeeper is as ready as before: a kubelet that restarts may call its pods unready for a moment. */
  settled(): Promise<void>;
  /** Names the node when the pressure begins. */
  pick: () => string;
  signal: AbortSignal;
}

/**
 * F6: a pod fills its node's memory until the kubelet evicts. The threshold is put just below what is available now less
 * what the pod will take, so a hog of a few hundred MiB does on a machine of any size; the kubelet's own ranking decides
 * who goes.
 */
export function nodePressure(parts: PressureParts): Fault {
  const { control, admin, user, platform, namespace, signal } = parts;
  let restore: (() => Promise<void>) | undefined;
  let hogs = 0;
  const hog = () => ({ namespace, name: `scratch-hog-${hogs}` });

  return {
    name: 'node-pressure',
    describe: `a pod at ${parts.priorityClassName ?? 'no priority class'} fills ${HOG_MIB} MiB of memory on the gatekeeper's node, below the kubelet's eviction threshold`,

    async inject() {
      const node = parts.pick();
      const { memory } = (await admin.get<Summary>(`${pathOf('Node', { name: node })}/proxy/stats/summary`)).node;
      restore = await control().evictBelow(node, memory.availableBytes - (HOG_MIB - BELOW_MIB) * MEBI, signal);
      await parts.settled();
      hogs += 1;
      const made = await user().tries('run-hog', 'create', objectName('Pod', hog()), (client) =>
        client.create(pathOf('Pod', { namespace }), hogPod({ ...parts, node, name: hog().name })),
      );
      if (!made.ok) throw new Error(`${objectName('Pod', hog())} was not accepted: ${made.message}`);
    },

    async revert() {
      await evict(platform(), hog(), 'withdraw-trigger');
      await restore?.();
      restore = undefined;
    },
  };
}

function hogPod(p: PressureParts & { node: string; name: string }): object {
  const fill = `dd if=/dev/zero of=/scratch/frames bs=1M count=${HOG_MIB} && exec sleep infinity`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: p.name, namespace: p.namespace, labels: { ...p.labels, ...runLabels(p.runId, 'hog') } },
    spec: {
      // Through the scheduler, as any pod: the kubelet refuses pods that were put on it while it is short of memory.
      nodeSelector: { 'kubernetes.io/hostname': p.node },
      ...(p.priorityClassName === undefined ? {} : { priorityClassName: p.priorityClassName }),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'encode',
          image: SLEEP_IMAGE,
          command: ['sh', '-c', fill],
          resources: { requests: { cpu: '5m', memory: `${HOG_REQUEST_MIB}Mi` } },
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        },
      ],
      volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: `${HOG_REQUEST_MIB}Mi` } }],
    },
  };
}
