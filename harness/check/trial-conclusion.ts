import type { CellResult, Conclusion, Scalar, Table } from '../../reports/result.ts';
import { SAFEGUARDS } from '../safeguards/catalogue.ts';

/** A trial without and with some safeguards, as its cells tell it; several cells when it was repeated. */
interface Group {
  trigger: string;
  /** Names, sorted; empty for none. */
  safeguards: string[];
  cells: readonly CellResult[];
  /** `fell`, or `fell 2 of 3, limped 1 of 3` when it was not the same each time. */
  fate: string | null;
  sure: boolean;
}

const RANK: Record<string, number> = { fell: 0, limped: 1, stood: 2 };

/** F16: what each safeguard does against each trigger, which sets suffice, and which claims did not hold. */
export function trialConclusion(cells: readonly CellResult[]): Conclusion {
  const groups = groupsOf(cells);
  const unsure = groups.filter((g) => !g.sure && g.fate !== null);
  return {
    lines: [
      ...brokenClaims(groups),
      ...sufficient(groups),
      ...unsure.map((g) => `${g.trigger} against ${named(g)}: ${g.fate}; timing decides, so it is not called either.`),
    ],
    tables: [every(groups), marginal(groups)].filter((t) => t.rows.length > 0),
  };
}

export function groupsOf(cells: readonly CellResult[]): Group[] {
  const key = (c: CellResult) => `${c.values.trigger} ${c.values.safeguards}`;
  return [
    ...Map.groupBy(
      cells.filter((c) => typeof c.values.trigger === 'string'),
      key,
    ).values(),
  ].map((same) => {
    const { trigger, safeguards } = same[0]!.values;
    // A cell that timing decided is inconclusive as well, but its own fate was seen.
    const seen = (c: CellResult) => c.verdict !== 'inconclusive' || c.outcomes !== undefined;
    const fates = same.map((c) => (seen(c) ? c.values.fate : null));
    const counts = Map.groupBy(fates, (f) => f);
    const sure = counts.size === 1 && !counts.has(null);
    const told = [...counts].map(([f, all]) => `${f ?? 'inconclusive'} ${all.length} of ${fates.length}`).join(', ');
    const fate = sure ? String(fates[0]) : counts.size === 1 ? null : told;
    return { trigger: String(trigger), safeguards: listOf(safeguards), cells: same, fate, sure };
  });
}

function listOf(safeguards: Scalar | null | undefined): string[] {
  return typeof safeguards !== 'string' || safeguards === '' ? [] : safeguards.split('+').toSorted();
}

function named({ safeguards }: Pick<Group, 'safeguards'>): string {
  return safeguards.length === 0 ? 'no safeguard' : safeguards.join(' + ');
}

/** A claim that a cell of its own did not bear out. */
function brokenClaims(groups: readonly Group[]): string[] {
  return SAFEGUARDS.flatMap(({ name, claims, against }) =>
    groups
      .filter((g) => g.safeguards.length === 1 && g.safeguards[0] === name && against.includes(g.trigger as never))
      .filter((g) => g.sure && g.fate === 'fell')
      .map((g) => `The claim of ${name} (“${claims}”) does not hold against ${g.trigger}: it fell with it${why(g)}.`),
  );
}

function why({ cells }: Group): string {
  const low = cells[0]?.values.minReadyReplicas;
  return low === 0 ? `, no replica of ${cells[0]?.values.replicas} stayed ready` : '';
}

/** The smallest sets with which a trigger is withstood; of what was tried. */
function sufficient(groups: readonly Group[]): string[] {
  return [...Map.groupBy(groups, (g) => g.trigger)].map(([trigger, tried]) => {
    const stood = tried.filter((g) => g.sure && g.fate === 'stood');
    const least = Math.min(...stood.map((g) => g.safeguards.length));
    const sets = stood.filter((g) => g.safeguards.length === least).map(named);
    return sets.length === 0
      ? `${trigger}: nothing that was tried lets the cluster stand.`
      : `${trigger}: the smallest sets with which the cluster stands, of those tried: ${sets.join('; ')}.`;
  });
}

const COLUMNS: [string, string][] = [
  ['No gatekeeper, s', 'gatekeeperOutageSeconds'],
  ['Closed, s', 'closedSeconds'],
  ['Refused', 'refusedRequests'],
  ['Blocked rollouts', 'blockedRollouts'],
  ['Open, s', 'exposureSeconds'],
  ['Violating pods', 'violatingPodsAdmitted'],
  ['Slowest request, s', 'slowestRequestSeconds'],
  ['Replicas', 'replicas'],
  ['Reserved CPU, cores', 'reservedCpuCores'],
  ['Exposed by design', 'exposesByDesign'],
];

function every(groups: readonly Group[]): Table {
  return {
    title: 'Each trigger against each set of safeguards',
    columns: ['Trigger', 'Safeguards', 'The cluster', ...COLUMNS.map(([title]) => title)],
    rows: groups.map((g) => [
      g.trigger,
      named(g),
      g.fate,
      ...COLUMNS.map(([, key]) => middle(g.cells.map((c) => c.values[key] ?? null))),
    ]),
  };
}

/** What a safeguard alone changes against none, and what leaving it out of all of them changes. */
function marginal(groups: readonly Group[]): Table {
  const find = (trigger: string, test: (g: Group) => boolean) => groups.find((g) => g.trigger === trigger && test(g));
  const rows = groups
    .filter((g) => g.safeguards.length === 1)
    .map((alone) => {
      const { trigger } = alone;
      const [name = ''] = alone.safeguards;
      const none = find(trigger, (g) => g.safeguards.length === 0);
      const all = groups
        .filter((g) => g.trigger === trigger && g.safeguards.length > 2)
        .toSorted((a, b) => b.safeguards.length - a.safeguards.length)[0];
      const others = all?.safeguards.filter((s) => s !== name) ?? [];
      const without =
        all?.safeguards.includes(name) === true
          ? find(trigger, (g) => g.safeguards.join() === others.join())
          : undefined;
      const away = (g: Group | undefined) =>
        middle((g?.cells ?? []).map((c) => c.values.gatekeeperOutageSeconds ?? null));
      return [
        trigger,
        name,
        none?.fate ?? null,
        alone.fate,
        gain(none, alone),
        away(none),
        away(alone),
        without?.fate ?? null,
      ];
    });
  return {
    title: 'What each safeguard changes',
    columns: [
      'Trigger',
      'Safeguard',
      'Without any',
      'With it alone',
      'Effect',
      'No gatekeeper without, s',
      'with, s',
      'All but it',
    ],
    rows,
  };
}

function gain(none: Group | undefined, alone: Group): string | null {
  if (none?.fate === undefined || none.fate === null || alone.fate === null || !none.sure || !alone.sure) return null;
  const step = (RANK[alone.fate] ?? 0) - (RANK[none.fate] ?? 0);
  return step > 0 ? (alone.fate === 'stood' ? 'prevents' : 'limits') : step < 0 ? 'makes it worse' : 'nothing';
}

/** The median of numbers; the one word of all; null when one is missing. */
function middle(values: readonly (Scalar | null)[]): Scalar | null {
  if (values.length === 0 || values.includes(null)) return null;
  const numbers = values.filter((v) => typeof v === 'number').toSorted((a, b) => a - b);
  return numbers.length === values.length
    ? (numbers[Math.floor((numbers.length - 1) / 2)] ?? null)
    : (values[0] ?? null);
}
