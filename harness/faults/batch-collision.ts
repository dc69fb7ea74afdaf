import type { Profile } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { runLabels } from '../labels.ts';
import { evict } from '../people/node-work.ts';
import type { Person } from '../people/person.ts';
import type { Fault } from './fault.ts';

const JOB = 'encode-on-infrastructure';
/** More than an infrastructure node has room for. */
const PODS = 24;
const CPU = '150m';

export const batchCollisionDescription = `an encoding Job of ${PODS} pods, at a priority above the gatekeeper’s, fans out onto the infrastructure nodes`;

/** F1, F7: batch work that outranks the gatekeeper and is not kept off its node. */
export function batchCollision(p: {
  encoding: Profile['workloads']['encoding'];
  user: Person;
  /** Ends pods through the eviction API, which a dead webhook does not stop. */
  admin: Person;
  runId: string;
}): Fault {
  const { encoding, user, admin, runId } = p;
  const { namespace, labels, parallelism, priorityClassName } = encoding;
  let tries = 0;
  let suspended = true;
  const job = { namespace, name: JOB };
  return {
    name: 'batch-collision',
    describe: batchCollisionDescription,

    async inject() {
      // A Job that was suspended is still there.
      tries += 1;
      if (tries > 1) job.name = `${JOB}-${tries}`;
      const manifest = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { ...job, labels: { ...labels, ...runLabels(runId, 'batch') } },
        spec: {
          completions: PODS,
          parallelism: Math.min(parallelism ?? PODS, PODS),
          template: {
            metadata: { labels: { ...labels, ...runLabels(runId, 'batch') } },
            spec: {
              restartPolicy: 'Never',
              ...(priorityClassName === undefined ? {} : { priorityClassName }),
              terminationGracePeriodSeconds: 1,
              containers: [
                {
                  name: 'encode',
                  image: SLEEP_IMAGE,
                  command: ['sleep', '600'],
                  resources: { requests: { cpu: CPU, memory: '8Mi' } },
                },
              ],
            },
          },
        },
      };
      const { ok, message } = await user.tries('submit-batch', 'create', objectName('Job', job), (client) =>
        client.create(pathOf('Job', { namespace }), manifest),
      );
      if (!ok) throw new Error(`${objectName('Job', job)} was not accepted: ${message}`);
    },

    /** Suspends the Job, which a dead webhook refuses, and evicts its pods. */
    async revert() {
      const { ok } = await user.tries('withdraw-trigger', 'patch', objectName('Job', job), (client) =>
        client.patch(pathOf('Job', job), 'merge', { spec: { suspend: true } }),
      );
      suspended = ok;
      const query = { labelSelector: `batch.kubernetes.io/job-name=${job.name}` };
      const { items } = await admin.client.get<{ items: KubeObject[] }>(pathOf('Pod', { namespace }), { query });
      for (const { metadata } of items) await evict(admin, { namespace, name: metadata.name }, 'withdraw-trigger');
    },

    /** A dead webhook refuses the revert. As soon as anybody answers, the Job would make its pods anew, and be there again. */
    async persist() {
      if (!suspended) await this.revert();
    },
  };
}
