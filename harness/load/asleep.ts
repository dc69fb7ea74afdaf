import type { V1Container, V1Deployment } from '@kubernetes/client-node';
import { SLEEP_IMAGE } from '../images.ts';
import { type KubeObject, wire } from '../kube/object.ts';
import { runLabels } from '../labels.ts';

/**
 * A workload whose containers only sleep: its images are not here, and requests, priority, labels and placement are what
 * counts. Init containers that end are left out, sidecars become containers. A pod without the label `team`, which the
 * built-in policy asks for, gets its workload's team or name.
 */
export function asleep(object: KubeObject, runId: string): KubeObject {
  const { spec } = wire<V1Deployment>(object);
  const { metadata: meta, spec: pod } = spec?.template ?? {};
  const sidecars = (pod?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  const { initContainers, volumes, serviceAccountName, serviceAccount, imagePullSecrets, ...placement } = pod ?? {};
  const team = meta?.labels?.team ?? object.metadata.labels?.team ?? object.metadata.name;
  return {
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...runLabels(runId) } },
    spec: {
      ...spec,
      template: {
        metadata: { ...meta, labels: { ...meta?.labels, team, ...runLabels(runId, 'service') } },
        spec: {
          ...placement,
          terminationGracePeriodSeconds: 1,
          containers: [...(pod?.containers ?? []), ...sidecars].map(sleeping),
        },
      },
    },
  } as KubeObject;
}

function sleeping({ name, resources }: V1Container): object {
  return {
    name,
    image: SLEEP_IMAGE,
    command: ['sleep', 'infinity'],
    ...(resources === undefined ? {} : { resources }),
  };
}
