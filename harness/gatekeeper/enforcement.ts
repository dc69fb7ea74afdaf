import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { Profile } from '../../clusters/providers/provider.ts';
import type { ProbeAnswered } from '../journal/events.ts';
import type { KubeClient } from '../kube/client.ts';
import { isWebhookDown, KubeApiError } from '../kube/errors.ts';
import { type KubeObject, objectName, wire } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { type Role, runLabels } from '../labels.ts';

export type Subject = 'violating' | 'good';
export type Answer = Pick<ProbeAnswered, 'subject' | 'answer' | 'code' | 'message' | 'seconds'> & { object?: string };

/** A pod to be submitted. */
export interface ProbePod {
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: { labels: Record<string, string>; [field: string]: unknown };
  spec: V1PodSpec;
}

/** The pod of the profile that must be refused, or the one that must be admitted. */
export function probePod(profile: Profile, subject: Subject, runId: string): ProbePod {
  const template = profile.gatekeeper.probes[subject] as { metadata?: Record<string, unknown>; spec: V1PodSpec };
  const labels = (template.metadata?.labels ?? {}) as Record<string, string>;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${subject}-`,
      ...template.metadata,
      labels: { ...labels, ...runLabels(runId, subject satisfies Role) },
    },
    spec: template.spec,
  };
}

/** Submits a pod and tells who said what: the policy, a webhook that was not there, or nobody. */
export async function submitPod(
  client: KubeClient,
  namespace: string,
  pod: unknown,
  subject: Subject,
  options: { dryRun: boolean; signal: AbortSignal },
): Promise<Answer> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const made = await client.create(pathOf('Pod', { namespace }), pod, {
      signal: options.signal,
      query: options.dryRun ? { dryRun: 'All' } : {},
    });
    const object = options.dryRun ? {} : { object: `Pod/${namespace}/${made.metadata.name}` };
    return { subject, answer: 'admitted', code: 201, message: '', seconds: seconds(), ...object };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof KubeApiError)) throw error;
    return { subject, answer: verdictOf(error), code: error.code, message: error.detail, seconds: seconds() };
  }
}

/** Asks whether a pod that is there would be let in now: a copy of it, in dry-run. */
export async function submitCopy(client: KubeClient, pod: KubeObject, signal: AbortSignal): Promise<Answer> {
  const { namespace = 'default', name, labels, annotations } = pod.metadata;
  const { spec } = wire<V1Pod>(pod);
  const { nodeName: _, ...unplaced } = spec ?? { containers: [] };
  const metadata = { generateName: `${name}-`, labels, annotations };
  const copy = { apiVersion: 'v1', kind: 'Pod', metadata, spec: unplaced };
  const answer = await submitPod(client, namespace, copy, 'violating', { dryRun: true, signal });
  return { ...answer, object: objectName('Pod', { namespace, name }) };
}

/** A policy's refusal says which webhook denied; a refusal by anything else (quota, RBAC, validation) is no verdict of the gatekeeper. */
function verdictOf(error: KubeApiError): Answer['answer'] {
  if (isWebhookDown(error.detail)) return 'webhook-down';
  if (/admission webhook ".+" denied the request|ValidatingAdmissionPolicy/.test(error.detail)) return 'refused';
  return 'error';
}
