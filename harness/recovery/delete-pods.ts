import { pathOf } from '../kube/paths.ts';
import { ENCODING_JOB } from '../load/encoding.ts';
import type { RecoveryPath } from './recovery.ts';

const SELECTOR = `batch.kubernetes.io/job-name=${ENCODING_JOB}`;

export const deletePods: RecoveryPath = {
  name: 'delete-pods',
  describe: "delete the encoding Job's pods, to give the scheduler some air",
  identity: 'infra-oncall',
  risk: 'the Job makes them anew: segments are encoded again',
  commands: ({ workloads }) => [`kubectl delete pods -n ${workloads.encoding.namespace} -l ${SELECTOR}`],
  async attempt(person, { profile }) {
    const { namespace } = profile.workloads.encoding;
    // One by one, as kubectl does; after a few refusals nobody waits for thousands more.
    const query = { labelSelector: SELECTOR, limit: 20 };
    const { items } = await person.client.get<{ items: { metadata: { name: string } }[] }>(
      pathOf('Pod', { namespace }),
      { query },
    );
    let last = { ok: false, code: 404, message: 'there is no pod to delete' };
    for (const { metadata } of items) {
      const pod = { namespace, name: metadata.name };
      last = await person.tries('delete-pods', 'delete', `Pod/${namespace}/${pod.name}`, (client) =>
        client.delete(pathOf('Pod', pod)),
      );
      if (!last.ok && last.code !== 404) return last;
    }
    return last;
  },
};
