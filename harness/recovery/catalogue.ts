import { addNodes } from './add-nodes.ts';
import { deleteJob } from './delete-job.ts';
import { deletePods } from './delete-pods.ts';
import { deletePolicies } from './delete-policies.ts';
import { deleteRules } from './delete-rules.ts';
import { exemptNamespace } from './exempt-namespace.ts';
import { helmUpgrade } from './helm-upgrade.ts';
import { ignoreFailures } from './ignore-failures.ts';
import { lowerSecurity } from './lower-security.ts';
import { raisePriority } from './raise-priority.ts';
import type { RecoveryPath } from './recovery.ts';
import { removeSecurity } from './remove-security.ts';
import { restartGatekeeper } from './restart-gatekeeper.ts';
import { scaleUp } from './scale-up.ts';
import { suspendJob } from './suspend-job.ts';
import { wait } from './wait.ts';

/** Every way out that people try, those that cannot work among them: a report shows that they don't, and why. */
export const RECOVERY_PATHS: readonly RecoveryPath[] = [
  deleteRules,
  ignoreFailures,
  exemptNamespace,
  deletePolicies,
  helmUpgrade,
  restartGatekeeper,
  scaleUp,
  raisePriority,
  deleteJob,
  deletePods,
  suspendJob,
  removeSecurity,
  lowerSecurity,
  addNodes,
  wait,
];

/** A path of the catalogue by its name. */
export function recoveryPath(name: string): RecoveryPath {
  const path = RECOVERY_PATHS.find((p) => p.name === name);
  if (path === undefined)
    throw new Error(`no recovery path "${name}"; there are ${RECOVERY_PATHS.map((p) => p.name).join(', ')}`);
  return path;
}
