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
  const labels = runLabels(runId);
  const namespace = IDENTITIES_NAMESPACE;
  await admin.apply(pathOf('Namespace', { name: namespace }), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  const made = await Promise.all(
    profile.identities.map(async (identity) => {
      const { name } = identity;
      const account = { namespace, name };
      await admin.apply(pathOf('ServiceAccount', account), {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { ...account, labels },
      });
      const role = identity.clusterRole ?? `falldown:${name}`;
      const metadata = { name: `falldown:${name}`, labels };
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
      return [name, withToken(base, name, answer.status.token)] as const;
    }),
  );
  return new Map(made);
}
