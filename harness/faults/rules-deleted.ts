import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Person } from '../people/person.ts';
import { deleteWebhooks } from '../recovery/delete-rules.ts';
import { ADMISSION_POLICY } from '../safeguards/admission-policy.ts';
import type { Fault } from './fault.ts';

export const rulesDeletedDescription =
  'somebody with the rights deletes the admission rules: the webhook configurations, and the binding of an admission policy';

/**
 * F15 as an accident: what got the platform out of its deadlock, done while all is well. Nothing reverts it: a gatekeeper
 * makes its webhook configurations anew, while nobody looks after a policy in the API server.
 */
export function rulesDeleted(admin: () => Person): Fault {
  return {
    name: 'rules-deleted',
    describe: rulesDeletedDescription,
    async inject() {
      const person = admin();
      await deleteWebhooks(person);
      const [kind, policy] = ['ValidatingAdmissionPolicyBinding', { name: ADMISSION_POLICY }] as const;
      await person.tries('delete-rules', 'delete', objectName(kind, policy), (client) =>
        client.delete(pathOf(kind, policy)),
      );
    },
    async revert() {},
  };
}
