import type { Profile } from '../../clusters/providers/provider.ts';
import { FalldownError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { createIdentity } from '../kube/identities.ts';
import { ensureNamespace } from '../kube/namespaces.ts';
import type { Scenario } from './scenario.ts';

/** The crew's accounts are apart from those that the harness acts with: the audit log must tell the two from each other. */
const NAMESPACE = 'falldown-participants';
/** The group that all of them are in: whose requests are audited. */
export const PARTICIPANTS = `system:serviceaccounts:${NAMESPACE}`;

/** Throws GAMEDAY_PROFILE_UNFIT when the profile lacks an identity that somebody is to play. */
export function requireRoles({ name, roles }: Scenario, profile: Profile): void {
  const there = profile.identities.map((identity) => identity.name);
  const missing = roles.map(({ identity }) => identity).filter((identity) => !there.includes(identity));
  if (missing.length === 0) return;
  throw new FalldownError({
    code: 'GAMEDAY_PROFILE_UNFIT',
    kind: 'usage',
    what: `the profile lacks identities that ${name} is played with`,
    on: profile.name,
    expected: missing.join(', '),
    seen: there.join(', '),
    next: 'add them under `identities`, or extend a built-in profile',
  });
}

/** Makes an account for each role, with the RBAC of its identity; returns their credentials. */
export async function createParticipants(
  admin: KubeClient,
  base: Credentials,
  { roles }: Scenario,
  profile: Profile,
  runId: string,
): Promise<Map<string, Credentials>> {
  await ensureNamespace(admin, NAMESPACE, runId);
  const made = await Promise.all(
    profile.identities
      .filter(({ name }) => roles.some((role) => role.identity === name))
      .map(async (identity) => [identity.name, await createIdentity(admin, base, identity, runId, NAMESPACE)] as const),
  );
  return new Map(made);
}

/** What the crew is given to read: the situation, who is who, how to reach the cluster and the dashboard. */
export function briefing(
  scenario: Scenario,
  kubeconfigs: ReadonlyMap<string, string>,
  kubectl: string,
  url: string,
): string {
  const roles = scenario.roles.map(
    ({ identity, title }) => `- **${identity}**: ${title}.\n  \`export KUBECONFIG=${kubeconfigs.get(identity)}\``,
  );
  const causes = scenario.causes.map(({ id, text }) => `- \`${id}\`: ${text}`);
  return `# ${scenario.title}

${scenario.briefing}

Dashboard: ${url}

## Roles

${roles.join('\n')}

kubectl, if you have none: \`${kubectl}\`

## What you tell the game

- \`falldown gameday ack --as ROLE\` as soon as you know that something is wrong: the clock for detection stops.
- \`falldown gameday diagnose CAUSE --as ROLE\` when you think you know the cause; you may change your mind.
- \`falldown gameday hint --as ROLE\` costs points.

The dashboard has a button for each. Causes:

${causes.join('\n')}
`;
}
