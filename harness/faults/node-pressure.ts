import type { NodeControl } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import type { KubeClient } from '../kube/client.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { runLabels } from '../labels.ts';
import { evict } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';
import { restingMemory } from './resting-memory.ts';

const MEBI = 2 ** 20;
/** What the hog writes into memory at once … */
const FIRST_MIB = 320;
/** … and then, a little every second, until somebody has to go: evicting one gatekeeper must be enough. */
const STEP_MIB = 2;
const STEPS = 90;
/** It asks for more than it ever takes: within its request, priority alone decides who is evicted. */
const HOG_REQUEST_MIB = 512;
/** How much more than at first the node's memory has to give before it is short: the hog passes this while it grows slowly. */
const THRESHOLD_MIB = 352;

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
 * who goes. It grows slowly near the threshold, as the node's other memory moves by tens of MiB meanwhile (a kubelet that
 * restarts, a gatekeeper that settles), and a hog that goes far below it would be evicted after the gatekeeper: that
 * frees 64–75 MiB, measured on Kyverno 1.19.1.
 */
export function nodePressure(parts: PressureParts): Fault {
  const { control, admin, user, platform, namespace, signal } = parts;
  let restore: (() => Promise<void>) | undefined;
  let hogs = 0;
  const hog = () => ({ namespace, name: `scratch-hog-${hogs}` });

  return {
    name: 'node-pressure',
    describe: `a pod at ${parts.priorityClassName ?? 'no priority class'} fills the memory of the gatekeeper's node until its kubelet evicts`,

    async inject() {
      const node = parts.pick();
      const available = await restingMemory(admin, node, signal);
      restore = await control().evictBelow(node, available - THRESHOLD_MIB * MEBI, signal);
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
  const write = (file: string, mebibytes: number) => `dd if=/dev/zero of=/scratch/${file} bs=1M count=${mebibytes}`;
  const grow = `i=0; while [ $i -lt ${STEPS} ]; do i=$((i+1)); ${write('frames-$i', STEP_MIB)}; sleep 1; done`;
  const fill = `${write('frames', FIRST_MIB)}; ${grow}; exec sleep infinity`;
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
