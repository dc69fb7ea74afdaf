import type { V1NodeAffinity, V1Toleration } from '@kubernetes/client-node';
import type { Profile } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import type { KubeObject } from '../kube/object.ts';
import { runLabels } from '../labels.ts';

export const SECURITY_AGENT = 'security-agent';

/** The profile's security service, or one that tolerates taints and keeps to some nodes besides. */
export type SecurityService = Profile['workloads']['security'] & {
  tolerations?: V1Toleration[];
  nodeAffinity?: V1NodeAffinity;
};

/** F7: the security team's service as a Deployment. */
export function securityService(security: SecurityService, runId: string): KubeObject {
  const { namespace, replicas, labels, priorityClassName, requests, tolerations = [], nodeAffinity } = security;
  const podLabels = { ...labels, app: SECURITY_AGENT, ...runLabels(runId, 'security') };
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: SECURITY_AGENT, labels: { ...labels, ...runLabels(runId, 'security') } },
    spec: {
      replicas,
      selector: { matchLabels: { app: SECURITY_AGENT } },
      template: {
        metadata: { labels: podLabels },
        spec: {
          priorityClassName,
          tolerations,
          ...(nodeAffinity === undefined ? {} : { affinity: { nodeAffinity } }),
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'agent', image: SLEEP_IMAGE, command: ['sleep', 'infinity'], resources: { requests } }],
        },
      },
    },
  };
  return manifest;
}
