/** API paths of the kinds that falldown reads and writes: kind → group/version path, plural, scope. */
const KINDS: Record<string, { base: string; plural: string; namespaced: boolean }> = {
  Namespace: { base: '/api/v1', plural: 'namespaces', namespaced: false },
  Node: { base: '/api/v1', plural: 'nodes', namespaced: false },
  Pod: { base: '/api/v1', plural: 'pods', namespaced: true },
  Event: { base: '/api/v1', plural: 'events', namespaced: true },
  ServiceAccount: { base: '/api/v1', plural: 'serviceaccounts', namespaced: true },
  Service: { base: '/api/v1', plural: 'services', namespaced: true },
  Deployment: { base: '/apis/apps/v1', plural: 'deployments', namespaced: true },
  DaemonSet: { base: '/apis/apps/v1', plural: 'daemonsets', namespaced: true },
  ReplicaSet: { base: '/apis/apps/v1', plural: 'replicasets', namespaced: true },
  Job: { base: '/apis/batch/v1', plural: 'jobs', namespaced: true },
  CertificateSigningRequest: {
    base: '/apis/certificates.k8s.io/v1',
    plural: 'certificatesigningrequests',
    namespaced: false,
  },
  PodDisruptionBudget: { base: '/apis/policy/v1', plural: 'poddisruptionbudgets', namespaced: true },
  ResourceQuota: { base: '/api/v1', plural: 'resourcequotas', namespaced: true },
  EndpointSlice: { base: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
  PriorityClass: { base: '/apis/scheduling.k8s.io/v1', plural: 'priorityclasses', namespaced: false },
  ClusterRole: { base: '/apis/rbac.authorization.k8s.io/v1', plural: 'clusterroles', namespaced: false },
  ClusterRoleBinding: { base: '/apis/rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings', namespaced: false },
  ValidatingWebhookConfiguration: {
    base: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
  },
  MutatingWebhookConfiguration: {
    base: '/apis/admissionregistration.k8s.io/v1',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
  },
  ValidatingAdmissionPolicyBinding: {
    base: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingadmissionpolicybindings',
    namespaced: false,
  },
};

export type KnownKind = keyof typeof KINDS;

/** Path of one object, of a namespace's list, or (without namespace) of the cluster's list. */
export function pathOf(
  kind: string,
  where: { namespace?: string | undefined; name?: string | undefined } = {},
): string {
  const known = KINDS[kind];
  if (known === undefined) throw new Error(`no API path is known for kind ${kind}`);
  const scope = known.namespaced && where.namespace !== undefined ? `/namespaces/${where.namespace}` : '';
  return `${known.base}${scope}/${known.plural}${where.name === undefined ? '' : `/${where.name}`}`;
}
