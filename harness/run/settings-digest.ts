import { createHash } from 'node:crypto';
import type { Profile } from '../../clusters/providers/provider.ts';

/**
 * A short digest of everything in a profile that may change what a run measures, but for the versions of Kubernetes and
 * Kyverno, which results name themselves. Runs with the same one can be held against each other: profiles of one name may
 * differ by `--set`, `--policies` and the like. 12 hexadecimal digits.
 */
export function settingsDigest(profile: Profile): string {
  const { name: _, description: __, cluster, gatekeeper, ...rest } = profile;
  const settings = { ...rest, cluster: { ...cluster, kubernetes: '' }, gatekeeper: { ...gatekeeper, kyverno: '' } };
  const sorted = (_key: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(settings, sorted)).digest('hex').slice(0, 12);
}
