import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { objectName } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { anyEncodingPod, ENCODING_JOB } from '../load/encoding.ts';
import type { Attempt, Person } from './person.ts';

/** The chart's name for the Deployment of the admission controller. */
export const GATEKEEPER = { namespace: KYVERNO_NAMESPACE, name: 'kyverno-admission-controller' };

/** What people try first (F11): delete a pod of the fan-out, then the Job. */
export async function tryToDelete(person: Person, namespace: string): Promise<void> {
  const name = await anyEncodingPod(person.client, namespace);
  if (name !== undefined) {
    const pod = { namespace, name };
    await person.tries('delete-pod', 'delete', objectName('Pod', pod), (client) => client.delete(pathOf('Pod', pod)));
  }
  await deleteEncodingJob(person, namespace, 'Background');
}

/** `kubectl delete job --cascade=background|foreground|orphan` of the encoding Job. */
export function deleteEncodingJob(
  person: Person,
  namespace: string,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
): Promise<Attempt> {
  const job = { namespace, name: ENCODING_JOB };
  return person.tries('delete-job', 'delete', objectName('Job', job), (client) =>
    client.delete(pathOf('Job', job), { propagationPolicy }),
  );
}

/** `kubectl rollout restart` of the gatekeeper. */
export function tryToRestart(person: Person): Promise<Attempt> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  return person.tries('restart-gatekeeper', 'patch', objectName('Deployment', GATEKEEPER), (client) =>
    client.patch(pathOf('Deployment', GATEKEEPER), 'strategic', { spec: { template: { metadata: { annotations } } } }),
  );
}

/** `kubectl scale` of the gatekeeper. */
export function scaleGatekeeper(person: Person, intent: string, replicas: number): Promise<Attempt> {
  return person.tries(intent, 'patch', objectName('Deployment', GATEKEEPER), (client) =>
    client.patch(`${pathOf('Deployment', GATEKEEPER)}/scale`, 'merge', { spec: { replicas } }),
  );
}

/** `kubectl scale --replicas 0` of the gatekeeper. */
export async function retireGatekeeper(person: Person): Promise<void> {
  await scaleGatekeeper(person, 'retire-gatekeeper', 0);
}
