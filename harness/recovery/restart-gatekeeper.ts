import { GATEKEEPER, tryToRestart } from '../people/attempts.ts';
import type { RecoveryPath } from './recovery.ts';

export const restartGatekeeper: RecoveryPath = {
  name: 'restart-gatekeeper',
  describe: "roll the gatekeeper's Deployment out again",
  identity: 'platform-admin',
  risk: 'none while it is down anyway',
  commands: () => [`kubectl rollout restart deployment/${GATEKEEPER.name} -n ${GATEKEEPER.namespace}`],
  attempt: tryToRestart,
};
