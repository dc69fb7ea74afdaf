import type { Profile } from '../../../clusters/providers/provider.ts';
import { reasonOf } from '../../errors.ts';
import { type ProbePod, probePod } from '../../gatekeeper/enforcement.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Credentials } from '../../kube/credentials.ts';
import { createIdentity } from '../../kube/identities.ts';
import { ensureNamespace } from '../../kube/namespaces.ts';
import { pathOf } from '../../kube/paths.ts';
import { ROLE_LABEL, type Role } from '../../labels.ts';
import type { Target } from './messages.ts';
import { SAMPLER_NAMESPACE } from './series.ts';

/** What the sampler may do: an ordinary user's rights, under API Priority and Fairness like everybody. */
const IDENTITY = {
  name: 'api-sampler',
  rules: [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'create'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
  ],
};

export interface Furniture {
  credentials: Credentials;
  /** Undefined, with the reason, when the pod that is read could not be made. */
  podPath: string | undefined;
  reason?: string;
  /** The pod that the policies admit, as JSON, to be asked for in dry-run. */
  goodPod: string;
}

/** Makes what the sampler needs: a namespace, an ordinary user, and a pod to read, which never runs and takes no room. */
export async function furnishSampler(
  admin: KubeClient,
  base: Credentials,
  profile: Profile,
  runId: string,
): Promise<Furniture> {
  await ensureNamespace(admin, SAMPLER_NAMESPACE, runId);
  const credentials = await createIdentity(admin, base, IDENTITY, runId);
  const good = probePod(profile, 'good', runId);
  const goodPod = JSON.stringify(good);
  const made = await makePod(admin, good).catch(reasonOf);
  if (typeof made === 'string') return { credentials, podPath: undefined, reason: made, goodPod };
  return { credentials, podPath: pathOf('Pod', { namespace: SAMPLER_NAMESPACE, name: made.metadata.name }), goodPod };
}

function makePod(admin: KubeClient, good: ProbePod) {
  const { labels, ...metadata } = good.metadata;
  const pod = {
    ...good,
    metadata: { ...metadata, labels: { ...labels, [ROLE_LABEL]: 'sampled' satisfies Role }, generateName: 'read-' },
    // A pod with a scheduling gate is never given to a node.
    spec: { ...good.spec, schedulingGates: [{ name: 'falldown.dev/only-to-be-read' }] },
  };
  return admin.create(pathOf('Pod', { namespace: SAMPLER_NAMESPACE }), pod);
}

/** The part of credentials that a thread can be given. */
export function targetOf({ server, headers, tls }: Credentials): Target {
  return { server, headers: { 'user-agent': 'falldown/api-sampler', ...headers }, tls };
}
