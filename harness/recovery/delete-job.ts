import { ENCODING_JOB } from '../load/encoding.ts';
import { deleteEncodingJob } from '../people/attempts.ts';
import type { RecoveryPath } from './recovery.ts';

export const deleteJob: RecoveryPath = {
  name: 'delete-job',
  describe: 'delete the encoding Job, which is the load that everybody sees',
  identity: 'infra-oncall',
  risk: 'the segments that are not encoded yet are lost until somebody submits them again',
  commands: ({ workloads }) => [`kubectl delete job ${ENCODING_JOB} -n ${workloads.encoding.namespace}`],
  attempt: (person, { profile }) => deleteEncodingJob(person, profile.workloads.encoding.namespace, 'Background'),
};
