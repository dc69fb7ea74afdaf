import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { ENCODING_JOB } from '../load/encoding.ts';
import type { RecoveryPath } from './recovery.ts';

export const deleteJob: RecoveryPath = {
  name: 'delete-job',
  describe: 'delete the encoding Job, which is the load that everybody sees',
  identity: 'infra-oncall',
  risk: 'the segments that are not encoded yet are lost until somebody submits them again',
  commands: ({ workloads }) => [`kubectl delete job ${ENCODING_JOB} -n ${workloads.encoding.namespace}`],
  attempt(person, { profile }) {
    const job = { namespace: profile.workloads.encoding.namespace, name: ENCODING_JOB };
    return person.tries('delete-job', 'delete', objectName('Job', job), (client) =>
      client.delete(pathOf('Job', job), { propagationPolicy: 'Background' }),
    );
  },
};
