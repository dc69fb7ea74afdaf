import { withdrawSecurity } from '../faults/priority-collision.ts';
import { SECURITY_AGENT } from '../load/security.ts';
import type { RecoveryPath } from './recovery.ts';

export const removeSecurity: RecoveryPath = {
  name: 'remove-security',
  describe: 'withdraw the security service that took the gatekeeper’s place',
  identity: 'security-team',
  risk: 'no security agents until it is rolled out again',
  commands: ({ workloads: { security } }) => [
    `kubectl scale deployment/${SECURITY_AGENT} -n ${security.namespace} --replicas=0`,
    `kubectl scale replicaset -n ${security.namespace} -l app=${SECURITY_AGENT} --replicas=0`,
    `kubectl drain NODE --pod-selector=app=${SECURITY_AGENT}   # evictions work; deletions are refused`,
  ],
  attempt: (person, { profile }) => withdrawSecurity(profile.workloads.security, person),
};
