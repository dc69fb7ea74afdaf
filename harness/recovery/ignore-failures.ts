import type { RecoveryPath } from './recovery.ts';
import { editLines, patchWebhooks } from './webhook-configurations.ts';

const ignore = (index: number) => [{ op: 'replace', path: `/webhooks/${index}/failurePolicy`, value: 'Ignore' }];

export const ignoreFailures: RecoveryPath = {
  name: 'ignore-failures',
  describe: 'patch the webhook configurations to failurePolicy Ignore: what cannot be asked is let through',
  identity: 'platform-admin',
  risk: 'until the gatekeeper is back, anything is admitted; it then writes its own failurePolicy again',
  commands: () => editLines('.failurePolicy = "Ignore"'),
  attempt: (person) => patchWebhooks(person, 'ignore-failures', (_, index) => ignore(index)),
};
