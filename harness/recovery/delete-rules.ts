import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { Attempt, Person } from '../people/person.ts';
import type { RecoveryPath } from './recovery.ts';
import { RULES } from './webhook-configurations.ts';

export const deleteRules: RecoveryPath = {
  name: 'delete-rules',
  describe: "delete the admission rules: the gatekeeper's validating and mutating webhook configurations for resources",
  identity: 'platform-admin',
  risk: 'until the gatekeeper is back, anything is admitted',
  commands: () => [
    `kubectl delete validatingwebhookconfiguration ${RULES[0][1]}`,
    `kubectl delete mutatingwebhookconfiguration ${RULES[1][1]} --ignore-not-found`,
  ],

  attempt: (person) => deleteWebhooks(person),
};

/** Deletes both webhook configurations in this person's name. */
export async function deleteWebhooks(person: Person): Promise<Attempt> {
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
}
