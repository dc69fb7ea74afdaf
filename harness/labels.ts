/** Every object the harness makes carries the run's id, so that it can be found and removed. */
export const RUN_LABEL = 'falldown.dev/run';
/** What part an object plays: gatekeeper, encoding, security, service, batch, hog (fills its node's memory), violating, good, sampled. */
export const ROLE_LABEL = 'falldown.dev/role';

export type Role =
  | 'gatekeeper'
  | 'encoding'
  | 'security'
  | 'service'
  | 'batch'
  | 'hog'
  | 'violating'
  | 'good'
  | 'sampled';

export function runLabels(runId: string, role?: Role): Record<string, string> {
  return { [RUN_LABEL]: runId, ...(role === undefined ? {} : { [ROLE_LABEL]: role }) };
}

/** The part a pod plays; a gatekeeper that the harness did not install is known by its chart's labels. */
export function roleOf(labels: Record<string, string> | undefined): string | undefined {
  if (labels?.[ROLE_LABEL] !== undefined) return labels[ROLE_LABEL];
  const kyverno = labels?.['app.kubernetes.io/part-of'] === 'kyverno';
  return kyverno && labels?.['app.kubernetes.io/component'] === 'admission-controller' ? 'gatekeeper' : undefined;
}

/** On every node: `real` when its pods are processes or containers, `fake` when KWOK plays it. */
export const NODE_LABEL = 'falldown.dev/node';
/** On a pod of a Job: how long a fake node takes to finish it, e.g. `10s`. */
export const ENCODE_ANNOTATION = 'falldown.dev/encode-time';

/** The Service that the chart puts in front of the admission controller; its webhooks name it. */
export const KYVERNO_SERVICE = 'kyverno-svc';
