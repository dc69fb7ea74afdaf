import type { Profile } from '../../clusters/providers/provider.ts';
import { ownSafeguards, SAFEGUARDS } from '../safeguards/catalogue.ts';
import { patched } from '../safeguards/patch.ts';
import { patchText } from '../safeguards/patch-text.ts';
import type { Safeguard, TriggerName } from '../safeguards/safeguard.ts';
import type { TrialData } from '../safeguards/trial-data.ts';
import { quantity } from '../scheduling/quantity.ts';
import type { CellSpec } from './matrix.ts';

/** One trigger against one set of safeguards. */
export interface TrialCell extends CellSpec {
  trigger: TriggerName;
  /** What the cell's journal says of it. */
  data: TrialData;
}

const TRIGGERS: readonly TriggerName[] = [
  'collision',
  'node-critical-collision',
  'batch-collision',
  'drain',
  'evict-one',
  'rules-deleted',
  'crash-loop',
  'stall',
];

/** Twelve that between them show each claim worth knowing: one where it works, one where it does not. */
const BY_DEFAULT: readonly string[] = [
  'collision-none',
  'collision-disruption-budget',
  'collision-replicas',
  'collision-critical-priority',
  'node-critical-collision-critical-priority',
  'collision-fail-open',
  'collision-spread',
  'node-critical-collision-spread',
  'collision-polite-security',
  'drain-none',
  'drain-disruption-budget',
  'collision-all',
];

/** The chart's own: what one replica of the gatekeeper asks for, in cores. */
const GATEKEEPER_CORES = 0.1;

/**
 * Triggers × (none, each safeguard alone, all together, all but one, each pair). Twelve run unless `--only` asks for
 * others. With `factorial` in the profile, every combination of those safeguards runs against the collision instead.
 */
export function safeguardCells(profile: Profile): TrialCell[] {
  const single = [...SAFEGUARDS, ...ownSafeguards(profile)];
  const together = single.filter((s) => s.apart === undefined);
  const sets: [string, Safeguard[]][] = [
    ['none', []],
    ...single.map((s): [string, Safeguard[]] => [s.name, [s]]),
    ['all', together],
    ...together.map((s): [string, Safeguard[]] => [`all-but-${s.name}`, together.filter((o) => o !== s)]),
    ...single.flatMap((a, i) =>
      single.slice(i + 1).map((b): [string, Safeguard[]] => [`${a.name}-and-${b.name}`, [a, b]]),
    ),
  ];
  const known = new Set(sets.map(([label]) => label));
  const factorial = combinations(single.filter(({ name }) => profile.factorial.includes(name)));
  sets.push(...factorial.filter(([label]) => !known.has(label)));
  const asked = new Set(factorial.map(([label]) => label));
  return sets.flatMap(([label, safeguards]) =>
    TRIGGERS.map((trigger) => {
      const cell = trialCell(trigger, label, safeguards, profile);
      if (profile.factorial.length === 0) return cell;
      return { ...cell, byDefault: trigger === 'collision' && asked.has(label) };
    }),
  );
}

/** Every set of these safeguards, the empty one first, with the name it has in a cell. */
function combinations(factors: readonly Safeguard[]): [string, Safeguard[]][] {
  const sets: Safeguard[][] = [[]];
  for (const factor of factors) sets.push(...sets.map((set) => [...set, factor]));
  return sets.map((set) => [set.length === 0 ? 'none' : set.map(({ name }) => name).join('-and-'), set]);
}

function trialCell(trigger: TriggerName, label: string, safeguards: readonly Safeguard[], base: Profile): TrialCell {
  const name = `${trigger}-${label}`;
  const protect = (profile: Profile) => safeguards.reduce((p, s) => patched(p, s.patch(p)), profile);
  const spare = safeguards.some((s) => s.spareNode !== undefined);
  const replicas = replicasOf(protect(base));
  const exposes = safeguards.flatMap((s) => s.exposes ?? []).join('; ');
  const own = profileOwn(safeguards, base);
  return {
    name,
    title: `${trigger} against ${safeguards.length === 0 ? 'no safeguard' : label}`,
    trigger,
    byDefault: BY_DEFAULT.includes(name) || (trigger === 'collision' && own),
    ...(safeguards.length === 0
      ? {}
      : {
          start: {
            name: `with-${label}`,
            title: `${label} in place`,
            profile: protect,
            prepare: (world) => world.trial.install(safeguards, base),
          },
        }),
    data: {
      safeguards: safeguards.map((s) => s.name).join('+'),
      replicas,
      reservedCpuCores: replicas * GATEKEEPER_CORES + (spare ? quantity(base.cluster.nodes.real.cpu, 1e-3) / 1000 : 0),
      ...(exposes === '' ? {} : { exposes }),
      ...(safeguards.length === 1 ? patchText(safeguards[0] as Safeguard, base) : {}),
    },
  };
}

/** A safeguard of the user's own is tried without being asked for. */
function profileOwn(safeguards: readonly Safeguard[], { safeguards: own }: Profile): boolean {
  return safeguards.length === 1 && own.some((s) => s.name === safeguards[0]?.name);
}

function replicasOf({ gatekeeper: { values } }: Profile): number {
  const controller = values.admissionController as { replicas?: unknown } | undefined;
  return typeof controller?.replicas === 'number' ? controller.replicas : 1;
}
