import type { Profile } from '../../clusters/providers/provider.ts';
import { runLabels } from '../labels.ts';
import type { KubeClient } from './client.ts';
import { type Credentials, withToken } from './credentials.ts';
import { pathOf } from './paths.ts';

export const IDENTITIES_NAMESPACE = 'falldown-identities';
/** Longer than any run; game days last hours. */
const TOKEN_SECONDS = 86_400;

/**
 * Makes the profile's identities as ServiceAccounts with real RBAC, and returns credentials for each: what a person on
 * that team could do with kubectl, they can do, and nothing more.
 */
export async function createIdentities(
  admin: KubeClient,
  base: Credentials,
  profile: Profile,
  runId: string,
): Promise<Map<string, Credentials>> {
  await admin.apply(pathOf('Namespace', { name: IDENTITIES_NAMESPACE }), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: IDENTITIES_NAMESPACE, labels: runLabels(runId) },
  });
  const made = await Promise.all(
    profile.identities.map(
      async (identity) => [identity.name, await createIdentity(admin, base, identity, runId)] as const,
    ),
  );
  return new Map(made);
}

/** Makes one identity and returns its credentials. Its account may be in another namespace that is there already. */
export async function createIdentity(
  admin: KubeClient,
  base: Credentials,
  identity: Profile['identities'][number],
  runId: string,
  namespace = IDENTITIES_NAMESPACE,
): Promise<Credentials> {
  const labels = runLabels(runId);
  const { name } = identity;
  const account = { namespace, name };
  await admin.apply(pathOf('ServiceAccount', account), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...account, labels },
  });
  const prefix = namespace === IDENTITIES_NAMESPACE ? 'falldown' : namespace;
  const role = identity.clusterRole ?? `${prefix}:${name}`;
  const metadata = { name: `${prefix}:${name}`, labels };
  const rbac = 'rbac.authorization.k8s.io';
  if (identity.rules !== undefined) {
    const rules = identity.rules;
    await admin.apply(pathOf('ClusterRole', { name: role }), {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules,
    });
  }
  await admin.apply(pathOf('ClusterRoleBinding', { name: metadata.name }), {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata,
    subjects: [{ kind: 'ServiceAccount', ...account }],
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  });
  const answer = await admin.create<{ status: { token: string } }>(`${pathOf('ServiceAccount', account)}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_SECONDS },
  });
  return withToken(base, name, answer.status.token);
}
