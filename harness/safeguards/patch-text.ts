import { stringify } from 'yaml';
import type { Profile } from '../../clusters/providers/provider.ts';
import type { Safeguard } from './safeguard.ts';

/** What to apply to have a safeguard in a cluster: the exact values of this profile, and what they are. */
export function patchText(safeguard: Safeguard, base: Profile): { patchIs: string; patch: string } {
  const { gatekeeper, objects = [], ...rest } = safeguard.patch(base);
  const { values, ...other } = gatekeeper ?? {};
  const nodes = safeguard.spareNode === undefined ? '' : '; it also needs one node more';
  const alone = Object.keys(other).length === 0 && Object.values(rest).every((part) => part === undefined);
  if (alone && objects.length === 0 && values !== undefined) {
    return { patchIs: `Kyverno helm values${nodes}`, patch: stringify(values) };
  }
  if (alone && values === undefined && objects.length > 0) {
    return { patchIs: 'Manifests: kubectl apply -f FILE', patch: objects.map((o) => stringify(o)).join('---\n') };
  }
  return { patchIs: `What it changes, in the words of a profile${nodes}`, patch: stringify(safeguard.patch(base)) };
}
