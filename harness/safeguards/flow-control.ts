import { IDENTITIES_NAMESPACE } from '../kube/identities.ts';
import type { Safeguard } from './safeguard.ts';

const NAME = 'batch';
/** Of 250 with the levels that Kubernetes brings: about a fiftieth of the API server's places. */
const SHARES = 5;
const USERS = ['batch-user', 'api-clients'];

export const flowControl: Safeguard = {
  name: 'flow-control',
  describe: `the batch user and the dashboards have a priority level of their own (API Priority and Fairness), with ${SHARES} shares`,
  claims: 'who lists everything waits for others of that kind, and nobody else for them',
  against: [],
  patch: () => ({
    objects: [
      {
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        kind: 'PriorityLevelConfiguration',
        metadata: { name: NAME },
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: SHARES,
            lendablePercent: 0,
            borrowingLimitPercent: 0,
            limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 50 } },
          },
        },
      },
      {
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        kind: 'FlowSchema',
        metadata: { name: NAME },
        spec: {
          priorityLevelConfiguration: { name: NAME },
          // Before that of all ServiceAccounts, 9000.
          matchingPrecedence: 500,
          distinguisherMethod: { type: 'ByUser' },
          rules: [
            {
              subjects: USERS.map((name) => ({
                kind: 'ServiceAccount',
                serviceAccount: { name, namespace: IDENTITIES_NAMESPACE },
              })),
              resourceRules: [
                { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
              ],
            },
          ],
        },
      },
    ],
  }),
};
