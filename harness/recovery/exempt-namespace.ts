import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { NAMESPACE_NAME } from '../kube/webhooks.ts';
import type { RecoveryPath } from './recovery.ts';
import { editLines, patchWebhooks } from './webhook-configurations.ts';

const not = { key: NAMESPACE_NAME, operator: 'NotIn', values: [KYVERNO_NAMESPACE] };
const path = (index: number) => `/webhooks/${index}/namespaceSelector`;

export const exemptNamespace: RecoveryPath = {
  name: 'exempt-namespace',
  describe: "exempt the gatekeeper's own namespace in the webhook configurations' namespaceSelector",
  identity: 'platform-admin',
  risk: "only the gatekeeper's namespace is open; everybody else stays refused until it is back",
  commands: () => editLines(`.namespaceSelector.matchExpressions += [${JSON.stringify(not)}]`),
  attempt: (person) =>
    patchWebhooks(person, 'exempt-namespace', ({ namespaceSelector = {} }, index) => {
      const matchExpressions = [...(namespaceSelector.matchExpressions ?? []), not];
      return [{ op: 'add', path: path(index), value: { ...namespaceSelector, matchExpressions } }];
    }),
};
