import { GATEKEEPER, scaleGatekeeper } from '../people/attempts.ts';
import type { RecoveryPath } from './recovery.ts';

export const scaleUp: RecoveryPath = {
  name: 'scale-up',
  describe: "scale the gatekeeper's Deployment to three replicas",
  identity: 'platform-admin',
  risk: 'none; the scale of a Deployment is not covered by the rules, that of its ReplicaSet and its pods are',
  commands: () => [`kubectl scale deployment/${GATEKEEPER.name} -n ${GATEKEEPER.namespace} --replicas=3`],
  attempt: (person) => scaleGatekeeper(person, 'scale-up', 3),
};
