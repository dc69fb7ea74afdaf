import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { SECURITY_AGENT } from '../load/security.ts';
import type { RecoveryPath } from './recovery.ts';

const patch = { spec: { template: { spec: { priorityClassName: null } } } };

export const lowerSecurity: RecoveryPath = {
  name: 'lower-security',
  describe: 'take the security service’s priority away',
  identity: 'security-team',
  risk: 'it may be preempted in its turn',
  commands: ({ workloads: { security } }) => [
    `kubectl patch deployment ${SECURITY_AGENT} -n ${security.namespace} --type=merge -p '${JSON.stringify(patch)}'`,
  ],
  attempt(person, { profile }) {
    const deployment = { namespace: profile.workloads.security.namespace, name: SECURITY_AGENT };
    return person.tries('lower-security', 'patch', objectName('Deployment', deployment), (client) =>
      client.patch(pathOf('Deployment', deployment), 'merge', patch),
    );
  },
};
