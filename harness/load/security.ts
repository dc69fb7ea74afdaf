import type { Profile } from '../../clusters/providers/provider.ts';
import { SLEEP_IMAGE } from '../images.ts';
import type { KubeObject } from '../kube/object.ts';
import { runLabels } from '../labels.ts';

export const SECURITY_AGENT = 'security-agent';

/** F7: the security team's service as a Deployment, by the profile. */
export function securityService(security: Profile['workloads']['security'], runId: string): KubeObject {
  const { namespace, replicas, labels, priorityClassName, requests } = security;
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
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'agent', image: SLEEP_IMAGE, command: ['sleep', 'infinity'], resources: { requests } }],
        },
      },
    },
  };
  return manifest;
}
