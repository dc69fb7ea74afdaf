import type { V1Pod } from '@kubernetes/client-node';
import { type KubeObject, objectName, wire } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { ENCODING_JOB } from '../load/encoding.ts';
import { deleteEncodingJob } from './attempts.ts';
import { evict } from './node-work.ts';
import type { Attempt, Person } from './person.ts';

/** What people try when a Job's pods are in the way (F11). */
export type CleanUp =
  | 'delete-pods'
  | 'evict-pods'
  | 'delete-job-background'
  | 'delete-job-foreground'
  | 'delete-job-orphan'
  | 'suspend-job'
  | 'resume-job';

/** Keeps a pod until its Job has counted it. */
const TRACKING = 'batch.kubernetes.io/job-tracking';
/** Nobody asks for thousands more once so many were refused in a row. */
const PATIENCE = 20;

export interface Answered {
  asked: number;
  accepted: number;
}

/** What there is of the encoding Job's pods at one moment, as a list shows it. */
export type Stock = {
  pods: number;
  /** A deletion was asked for, and they are still there. */
  terminating: number;
  /** Ended or terminating, and kept by the finalizer with which the Job counts them. */
  held: number;
};

/** Does it as this person, pod by pod as kubectl does; refusals are recorded and counted, not thrown. */
export async function cleanUp(person: Person, how: CleanUp, namespace: string): Promise<Answered> {
  switch (how) {
    case 'delete-pods':
      return eachPod(person, namespace, (pod) =>
        person.tries(how, 'delete', objectName('Pod', pod), (client) => client.delete(pathOf('Pod', pod))),
      );
    case 'evict-pods':
      return eachPod(person, namespace, (pod) => evict(person, pod, how));
    case 'delete-job-background':
      return one(await deleteEncodingJob(person, namespace, 'Background'));
    case 'delete-job-foreground':
      return one(await deleteEncodingJob(person, namespace, 'Foreground'));
    case 'delete-job-orphan':
      return one(await deleteEncodingJob(person, namespace, 'Orphan'));
    case 'suspend-job':
    case 'resume-job': {
      const job = { namespace, name: ENCODING_JOB };
      const spec = { suspend: how === 'suspend-job' };
      return one(
        await person.tries(how, 'patch', objectName('Job', job), (client) =>
          client.patch(pathOf('Job', job), 'merge', { spec }),
        ),
      );
    }
  }
}

async function eachPod(
  person: Person,
  namespace: string,
  remove: (pod: { namespace: string; name: string }) => Promise<Attempt>,
): Promise<Answered> {
  let asked = 0;
  let accepted = 0;
  for (const { metadata, status } of await encodingPods(person, namespace)) {
    if (metadata?.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed')
      continue;
    if (asked === PATIENCE && accepted === 0) break;
    asked += 1;
    if ((await remove({ namespace, name: metadata?.name ?? '' })).ok) accepted += 1;
  }
  return { asked, accepted };
}

/** Counts the Job's pods, those that cannot go among them. */
export async function stockOf(person: Person, namespace: string): Promise<Stock> {
  const pods = await encodingPods(person, namespace);
  return {
    pods: pods.length,
    terminating: pods.filter(({ metadata }) => metadata?.deletionTimestamp !== undefined).length,
    held: pods.filter(isHeld).length,
  };
}

/** `kubectl patch pod … finalizers: null` on one pod that its finalizer holds; undefined when there is none. */
export async function freeOne(person: Person, namespace: string): Promise<Attempt | undefined> {
  const name = (await encodingPods(person, namespace)).find(isHeld)?.metadata?.name;
  if (name === undefined) return undefined;
  const pod = { namespace, name };
  return person.tries('remove-finalizer', 'patch', objectName('Pod', pod), (client) =>
    client.patch(pathOf('Pod', pod), 'merge', { metadata: { finalizers: null } }),
  );
}

function isHeld({ metadata, status }: V1Pod): boolean {
  const over = metadata?.deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return over && metadata?.finalizers?.includes(TRACKING) === true;
}

async function encodingPods(person: Person, namespace: string): Promise<V1Pod[]> {
  const query = { labelSelector: `batch.kubernetes.io/job-name=${ENCODING_JOB}` };
  const pods: V1Pod[] = [];
  for await (const pod of person.client.list<KubeObject>(pathOf('Pod', { namespace }), { query }))
    pods.push(wire<V1Pod>(pod));
  return pods;
}

function one({ ok }: Attempt): Answered {
  return { asked: 1, accepted: ok ? 1 : 0 };
}
