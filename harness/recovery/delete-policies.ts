import { pathOfObject } from '../kube/apply-any.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { inTurn, type RecoveryPath } from './recovery.ts';

export const deletePolicies: RecoveryPath = {
  name: 'delete-policies',
  describe: 'delete the policies, and hope that their rules go with them',
  identity: 'platform-admin',
  risk: 'the rules themselves are lost, and it is the gatekeeper that takes its webhooks away: without it they stay',
  commands: ({ gatekeeper }) =>
    gatekeeper.policies.map(({ kind, metadata }) => `kubectl delete ${kind.toLowerCase()} ${metadata.name}`),
  attempt: (person, { profile, signal }) =>
    inTurn(
      (profile.gatekeeper.policies as unknown as KubeObject[]).map((policy) => async () => {
        const path = await pathOfObject(person.client, policy, signal);
        return person.tries('delete-policies', 'delete', objectName(policy.kind ?? '', policy.metadata), (client) =>
          client.delete(path),
        );
      }),
    ),
};
