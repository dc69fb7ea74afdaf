import type { RecoveryPath } from './recovery.ts';

export const wait: RecoveryPath = {
  name: 'wait',
  describe: 'do nothing, and hope that it heals by itself',
  identity: 'infra-oncall',
  risk: 'the outage goes on',
  commands: () => ['# nothing'],
  attempt: async () => ({ ok: true, code: 0, message: '' }),
};
