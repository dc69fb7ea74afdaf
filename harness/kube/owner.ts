/**
 * `Kind/namespace/name` of the workload that a pod belongs to: its controller, or for a ReplicaSet the Deployment that
 * made it, whose name is the ReplicaSet's without the template's hash.
 * @param owner `Kind/name` of the controller; undefined for a pod that nothing makes anew.
 */
export function workloadOf(namespace: string, owner: string | undefined, pod: string): string {
  if (owner === undefined) return `Pod/${namespace}/${pod}`;
  const [kind = '', name = ''] = owner.split('/');
  if (kind === 'ReplicaSet') return `Deployment/${namespace}/${name.replace(/-[^-]+$/, '')}`;
  return `${kind}/${namespace}/${name}`;
}
