import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { ENCODING_JOB } from '../load/encoding.ts';
import type { RecoveryPath } from './recovery.ts';

const patch = { spec: { suspend: true } };

export const suspendJob: RecoveryPath = {
  name: 'suspend-job',
  describe: 'suspend the encoding Job, so that it asks for no more pods',
  identity: 'infra-oncall',
  risk: 'its running pods are deleted and their segments encoded again; it has to be resumed',
  commands: ({ workloads }) => [
    `kubectl patch job ${ENCODING_JOB} -n ${workloads.encoding.namespace} -p '${JSON.stringify(patch)}'`,
  ],
  attempt(person, { profile }) {
    const job = { namespace: profile.workloads.encoding.namespace, name: ENCODING_JOB };
    return person.tries('suspend-job', 'patch', objectName('Job', job), (client) =>
      client.patch(pathOf('Job', job), 'merge', patch),
    );
  },
};
