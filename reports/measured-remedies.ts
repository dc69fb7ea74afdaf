import type { Remedy } from './remedies.ts';
import type { CellResult } from './result.ts';
import { grouped, plural } from './words.ts';

/** What one safeguard did against the triggers that were tried with it and without any. */
interface Effect {
  safeguard: string;
  /** Trigger by trigger. */
  prevented: string[];
  limited: string[];
  nothing: string[];
  worsened: string[];
  cell: CellResult;
}

const RANK: Record<string, number> = { fell: 0, limped: 1, stood: 2 };

/**
 * What a matrix of triggers and safeguards (experiment `safeguards`) measured, as remedies: first what prevented the most
 * triggers, then what limited the most, the cheaper one first. A safeguard that did nothing, or something else each time
 * it was tried, is no remedy.
 */
export function measuredRemedies(cells: readonly CellResult[]): Remedy[] {
  const trials = cells.filter((c) => typeof c.values.trigger === 'string' && c.verdict !== 'inconclusive');
  const alone = Map.groupBy(trials, (c) => String(c.values.safeguards ?? ''));
  const baseline = alone.get('') ?? [];
  return [...alone]
    .filter(([name, [first]]) => name !== '' && !name.includes('+') && typeof first?.values.patch === 'string')
    .map(([name, tried]) => effectOf(name, tried, baseline))
    .filter((e) => e.prevented.length + e.limited.length > 0)
    .sort(
      (a, b) =>
        b.prevented.length - a.prevented.length ||
        b.limited.length - a.limited.length ||
        a.worsened.length - b.worsened.length ||
        cost(a) - cost(b),
    )
    .map(remedy);
}

const cost = ({ cell }: Effect): number => Number(cell.values.reservedCpuCores ?? 0);

function effectOf(safeguard: string, tried: readonly CellResult[], baseline: readonly CellResult[]): Effect {
  const effect: Effect = { safeguard, prevented: [], limited: [], nothing: [], worsened: [], cell: tried[0]! };
  for (const [trigger, same] of Map.groupBy(tried, (c) => String(c.values.trigger))) {
    const without = fateOf(baseline.filter((c) => c.values.trigger === trigger));
    const fate = fateOf(same);
    if (fate === undefined || without === undefined) continue;
    const step = RANK[fate]! - RANK[without]!;
    const list = step > 0 ? (fate === 'stood' ? 'prevented' : 'limited') : step < 0 ? 'worsened' : 'nothing';
    effect[list].push(trigger);
  }
  return effect;
}

/** Undefined when it was not tried, or not the same each time. */
function fateOf(cells: readonly CellResult[]): string | undefined {
  const fates = new Set(cells.map((c) => String(c.values.fate)));
  const [fate] = fates;
  return fates.size === 1 && fate !== undefined && fate in RANK ? fate : undefined;
}

function remedy({ safeguard, prevented, limited, nothing, worsened, cell }: Effect): Remedy {
  const did = [
    said(prevented, 'stood against', 'where it did not without'),
    said(limited, 'healed after', 'where it stayed down without'),
    said(nothing, 'changed nothing against', ''),
    said(worsened, 'was worse off with it against', ''),
  ].filter((part) => part !== '');
  const { values } = cell;
  const exposes = typeof values.exposesByDesign === 'string' ? `By design: ${values.exposesByDesign}.` : '';
  const cpu =
    typeof values.reservedCpuCores === 'number'
      ? `It reserves ${grouped(values.reservedCpuCores)} cores for ${plural(Number(values.replicas ?? 1), 'replica')}.`
      : '';
  return {
    title: safeguard.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase()),
    effect: prevented.length > 0 ? 'prevents it' : 'makes it shorter',
    because: `With it alone the cluster ${did.join('; ')}.`,
    note: ['Measured in this run.', exposes, cpu].filter(Boolean).join(' '),
    patch: { what: String(values.patchIs), text: String(values.patch).trimEnd() },
  };
}

function said(triggers: readonly string[], what: string, tail: string): string {
  return triggers.length === 0 ? '' : [what, triggers.join(', '), tail].filter(Boolean).join(' ');
}
