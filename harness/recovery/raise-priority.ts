import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { GATEKEEPER } from '../people/attempts.ts';
import type { RecoveryPath } from './recovery.ts';

const patch = { spec: { template: { spec: { priorityClassName: 'system-cluster-critical' } } } };

export const raisePriority: RecoveryPath = {
  name: 'raise-priority',
  describe: "give the gatekeeper's pods the priority system-cluster-critical",
  identity: 'platform-admin',
  risk: 'it may push out what has less priority',
  commands: () => [
    `kubectl patch deployment ${GATEKEEPER.name} -n ${GATEKEEPER.namespace} -p '${JSON.stringify(patch)}'`,
  ],
  attempt: (person) =>
    person.tries('raise-priority', 'patch', objectName('Deployment', GATEKEEPER), (client) =>
      client.patch(pathOf('Deployment', GATEKEEPER), 'strategic', patch),
    ),
};
