/** Namespace in which somebody keeps trying to run what the rules forbid. */
export const EXPOSURE_NAMESPACE = 'slipped-in';

interface Workloads {
  workloads: {
    encoding: { namespace: string };
    security: { namespace: string };
    services: readonly { metadata: Readonly<Record<string, unknown>> }[];
  };
  objects: readonly { metadata: Readonly<Record<string, unknown>> }[];
}

/** Every namespace that a run of a profile puts something into, but for the gatekeeper's. */
export function namespacesOf({ workloads, objects }: Workloads): string[] {
  const { encoding, security, services } = workloads;
  const named = [...services, ...objects].flatMap(({ metadata: { namespace } }) =>
    typeof namespace === 'string' ? [namespace] : [],
  );
  return [...new Set([EXPOSURE_NAMESPACE, encoding.namespace, security.namespace, ...named])];
}
