import type { Profile } from '../../clusters/providers/provider.ts';
import { admissionPolicy } from './admission-policy.ts';
import { bootstrapExempt } from './bootstrap-exempt.ts';
import { classQuota } from './class-quota.ts';
import { criticalPriority } from './critical-priority.ts';
import { dedicatedNode } from './dedicated-node.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { failOpen } from './fail-open.ts';
import { flowControl } from './flow-control.ts';
import { ownNamespace } from './own-namespace.ts';
import { parallelismCap } from './parallelism-cap.ts';
import { politeSecurity } from './polite-security.ts';
import { replicas } from './replicas.ts';
import type { Safeguard } from './safeguard.ts';
import { shortTimeout } from './short-timeout.ts';
import { spread } from './spread.ts';

/** Every safeguard that comes with falldown. */
export const SAFEGUARDS: readonly Safeguard[] = [
  replicas,
  disruptionBudget,
  criticalPriority,
  spread,
  dedicatedNode,
  ownNamespace,
  failOpen,
  shortTimeout,
  bootstrapExempt,
  classQuota,
  politeSecurity,
  parallelismCap,
  admissionPolicy,
  flowControl,
];

/** The profile's own safeguards in the same shape. They claim nothing: what they do is measured. */
export function ownSafeguards(profile: Profile): Safeguard[] {
  return profile.safeguards.map(({ name, describe, patch }) => ({
    name,
    describe,
    claims: 'what its author hopes for',
    against: [],
    patch: () => patch,
  }));
}
