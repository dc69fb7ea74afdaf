import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { type LoadedProfile, loadProfile } from '../../clusters/profiles/load.ts';
import { pickPins } from '../../clusters/toolchain/pick.ts';
import { loadPins } from '../../clusters/toolchain/pins.ts';
import { changedValues } from '../../reports/changed-values.ts';
import type { Side } from '../../reports/validation.ts';
import { FalldownError } from '../errors.ts';
import { findExperiment } from './catalog.ts';
import { planFor } from './matrix-options.ts';
import type { ProfileFlags } from './profile-options.ts';
import type { OneRun } from './run-one.ts';

export interface ValidateFlags extends ProfileFlags {
  from: string;
  to: string;
  fromValues?: string[];
  toValues?: string[];
  fromChart?: string;
  toChart?: string;
  experiments: string[];
  only?: string[];
}

export const UPGRADE = 'gatekeeper-upgrade';
/** Enough to see a cluster fall; the whole incident of 3,000 takes no other way. */
const PODS = 500;
const FAMILIES = ['kubernetes', 'kyverno'] as const;

export interface PlannedRun extends OneRun {
  role: 'from' | 'to' | 'upgrade' | 'upgrade-safeguarded';
}

export interface ValidatePlan {
  from: Side;
  to: Side;
  sides: { experiment: string; from: PlannedRun; to: PlannedRun }[];
  /** The upgrade as it is, and with the safeguards; undefined when the gatekeeper is the same on both sides. */
  upgrade: { asIs: PlannedRun; safeguarded: PlannedRun | undefined } | undefined;
  /** What the safeguards change, as YAML. */
  safeguards: string;
}

/**
 * What a validation runs. Everything that can be wrong with the input is found here, before anything is made.
 * @throws FalldownError SIDE_INVALID, VERSION_NOT_PINNED, and as `loadProfile`, `findExperiment` and `planFor` do.
 */
export async function planValidation(flags: ValidateFlags): Promise<ValidatePlan> {
  const asked = { from: versionsIn('--from', flags.from), to: versionsIn('--to', flags.to) };
  const load = (side: 'from' | 'to', profile: string, pods?: number): LoadedProfile =>
    loadProfile({
      ...flags,
      profile: flags.profile ?? profile,
      kyvernoValues: [...(flags.kyvernoValues ?? []), ...((side === 'from' ? flags.fromValues : flags.toValues) ?? [])],
      set: [...(flags.set ?? []), ...settings(asked[side], side === 'from' ? flags.fromChart : flags.toChart)],
      pods: flags.pods ?? pods,
    });
  const sides = [];
  for (const name of flags.experiments) {
    const experiment = await findExperiment(name);
    const run = (role: 'from' | 'to'): PlannedRun => {
      const loaded = load(role, experiment.profile, PODS);
      const matrix = planFor(
        experiment,
        loaded.profile,
        experiment.cells === undefined ? {} : { only: flags.only ?? [] },
      );
      return { role, experiment, ...loaded, matrix };
    };
    sides.push({ experiment: experiment.name, from: run('from'), to: run('to') });
  }

  const experiment = await findExperiment(UPGRADE);
  // What neither --from nor --to names is what the experiments ran with, whatever the profile of the upgrade has.
  for (const side of ['from', 'to'] as const) {
    const { cluster, gatekeeper } = (sides[0]?.[side] ?? load(side, experiment.profile)).profile;
    asked[side] = { kubernetes: cluster.kubernetes, kyverno: gatekeeper.kyverno };
  }
  const [before, after] = [load('from', experiment.profile), load('to', experiment.profile)];
  const [from, to] = [sideOf(before, flags.fromChart, flags.fromValues), sideOf(after, flags.toChart, flags.toValues)];
  for (const { kubernetes, kyverno } of [from, to])
    pickPins(loadPins(process.env.FALLDOWN_PINS || undefined), ['kube-apiserver', 'kyverno'], { kubernetes, kyverno });
  const same =
    JSON.stringify([
      before.profile.gatekeeper.kyverno,
      before.profile.gatekeeper.chart,
      before.profile.gatekeeper.values,
    ]) ===
    JSON.stringify([after.profile.gatekeeper.kyverno, after.profile.gatekeeper.chart, after.profile.gatekeeper.values]);
  const asIs: PlannedRun = {
    role: 'upgrade',
    experiment,
    ...upgradeOf(before, after, (l) => l.profile.gatekeeper.values),
  };
  const guarded =
    before.restoredValues === undefined || after.restoredValues === undefined
      ? undefined
      : upgradeOf(before, after, (l) => l.restoredValues ?? {});
  return {
    from,
    to,
    sides,
    upgrade: same
      ? undefined
      : { asIs, safeguarded: guarded && { role: 'upgrade-safeguarded', experiment, ...guarded } },
    safeguards: stringify(changedValues(after.profile.gatekeeper.values, after.restoredValues ?? {})),
  };
}

/** A profile that starts as the first side's and is upgraded to the second one's. */
function upgradeOf(before: LoadedProfile, after: LoadedProfile, values: (l: LoadedProfile) => Record<string, unknown>) {
  const { kyverno, chart } = after.profile.gatekeeper;
  const gatekeeper = {
    ...before.profile.gatekeeper,
    values: values(before),
    upgradeTo: { kyverno, ...(chart === undefined ? {} : { chart }), values: values(after) },
  };
  return { profile: { ...before.profile, gatekeeper }, restoredValues: before.restoredValues };
}

function sideOf({ profile }: LoadedProfile, chart: string | undefined, values: string[] = []): Side {
  return { kubernetes: profile.cluster.kubernetes, kyverno: profile.gatekeeper.kyverno, chart, values };
}

function settings(versions: Record<string, string>, chart: string | undefined): string[] {
  const { kubernetes, kyverno } = versions;
  return [
    ...(kubernetes === undefined ? [] : [`cluster.kubernetes=${kubernetes}`]),
    ...(kyverno === undefined ? [] : [`gatekeeper.kyverno=${kyverno}`]),
    ...(chart === undefined ? [] : [`gatekeeper.chart.ref=${existsSync(chart) ? resolve(chart) : chart}`]),
  ];
}

/** `kubernetes=1.36.3,kyverno=1.18.2`. Throws SIDE_INVALID (usage). */
export function versionsIn(option: string, text: string): Record<string, string> {
  const pairs = text.split(',').map((part) => part.trim().split('='));
  const wrong = pairs.find(
    ([family, version, more]) => !FAMILIES.includes(family as 'kyverno') || !version || more !== undefined,
  );
  const twice = new Set(pairs.map(([family]) => family)).size < pairs.length;
  if (wrong === undefined && !twice) {
    return Object.fromEntries(pairs.map(([family = '', version = '']) => [family, version.replace(/^v/, '')]));
  }
  throw new FalldownError({
    code: 'SIDE_INVALID',
    kind: 'usage',
    what: `${option} does not name versions`,
    on: text,
    expected: 'kubernetes=VERSION, kyverno=VERSION, or both with a comma between them',
    next: 'falldown toolchain list shows the versions that are pinned',
  });
}
