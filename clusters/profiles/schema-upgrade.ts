import { z } from 'zod';
import { version } from './schema-parts.ts';

/** What the gatekeeper is upgraded to, in a profile. */
export function upgradeTo<C extends z.ZodType>(chart: C) {
  return z
    .strictObject({
      kyverno: version('1.19.1').describe('Kyverno version after the upgrade.'),
      chart: chart.optional().describe('The chart after the upgrade; without it, that of the version’s own source.'),
      values: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('helm values after the upgrade, all of them; without it, those of before.'),
    })
    .optional()
    .describe('What the experiment gatekeeper-upgrade upgrades the gatekeeper to.');
}
