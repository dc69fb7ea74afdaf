import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Attempt, Person } from '../people/person.ts';
import type { RecoveryPath } from './recovery.ts';

/** The configurations through which Kyverno sees workloads; it makes them anew when it is back (its own docs' way out). */
const RULES = [
  ['ValidatingWebhookConfiguration', 'kyverno-resource-validating-webhook-cfg'],
  ['MutatingWebhookConfiguration', 'kyverno-resource-mutating-webhook-cfg'],
] as const;

export const deleteRules: RecoveryPath = {
  name: 'delete-rules',
  describe: "delete the admission rules: the gatekeeper's validating and mutating webhook configurations for resources",
  identity: 'platform-admin',
  risk: 'until the gatekeeper is back, anything is admitted',

  async attempt(person: Person): Promise<Attempt> {
    const attempts: Attempt[] = [];
    for (const [kind, name] of RULES) {
      attempts.push(
        await person.tries('delete-rules', 'delete', objectName(kind, { name }), (client) =>
          client.delete(pathOf(kind, { name })),
        ),
      );
    }
    // Without mutating policies there is no mutating configuration to delete; that is no failure.
    return attempts.find((a) => !a.ok && a.code !== 404) ?? attempts[0]!;
  },
};
