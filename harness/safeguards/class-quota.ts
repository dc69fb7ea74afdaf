import type { Safeguard } from './safeguard.ts';

export const classQuota: Safeguard = {
  name: 'class-quota',
  describe: 'a ResourceQuota in the security namespace: pods of its priority class may ask for 500m of CPU in all',
  claims: 'a class that outranks everybody cannot take a whole node',
  against: ['collision'],
  patch: ({ workloads: { security } }) => ({
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'high-priority-cap', namespace: security.namespace },
        spec: {
          hard: { 'requests.cpu': '500m' },
          scopeSelector: {
            matchExpressions: [
              {
                scopeName: 'PriorityClass',
                operator: 'In',
                values: [security.priorityClassName ?? 'security-critical'],
              },
            ],
          },
        },
      },
    ],
  }),
};
