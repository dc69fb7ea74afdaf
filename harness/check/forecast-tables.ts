import type { Conclusion, Table } from '../../reports/result.ts';
import { evictionsOf, watchedWave } from './forecast-comes-true.ts';
import type { JournalView } from './journal-view.ts';

/** F7: what was forecast and what was watched, side by side, and who outranks whom. */
export function forecastTables(view: JournalView): Conclusion {
  const forecast = view.forecasts[0]?.forecast;
  if (forecast === undefined) return { lines: [], tables: [] };
  const priority = new Map(forecast.workloads.map((w) => [w.ref, w.priority]));
  const named = (ref: string) => `${ref} (${priority.get(ref) ?? 0})`;
  const told = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([what, n]) => `${n} × ${what}`)
      .join('; ') || 'nobody';
  const waves: Table = {
    title: 'Who is evicted for whom: forecast from the manifests, and watched',
    columns: [
      'Wave',
      'Comes (priority)',
      'Evicted: forecast',
      'watched',
      'Waits: forecast',
      'watched',
      'Refused: forecast',
      'watched',
    ],
    rows: forecast.waves.map((wave) => {
      const seen = watchedWave(view, wave.wave);
      const pair = (a: Record<string, number>, b: Record<string, number> | undefined) => [
        told(a),
        b === undefined ? null : told(b),
      ];
      return [
        wave.wave,
        wave.comes.map(named).join('; '),
        ...pair(evictionsOf(wave), seen?.evictions),
        ...pair(wave.waiting, seen?.waiting),
        ...pair(wave.refused, seen?.refused),
      ];
    }),
  };
  const ranks: Table = {
    title: 'Who outranks whom: whom one more pod of each would evict in the end',
    columns: ['Priority', 'Workload', 'Team', 'Class', 'Preempts', 'Would evict'],
    rows: forecast.workloads
      .toSorted((a, b) => b.priority - a.priority)
      .map((w) => [
        w.priority,
        w.ref,
        w.team ?? null,
        w.priorityClass ?? 'none',
        w.preempts ? 'yes' : 'never',
        w.wouldEvict.join('; ') || 'nobody',
      ]),
  };
  const broken = forecast.waves.flatMap((w) => w.evictions).filter((e) => e.againstBudget > 0);
  return {
    lines: [
      ...(forecast.certain ? [] : [`The forecast is not certain: ${forecast.doubt}.`]),
      ...broken.map(
        (e) => `${e.by} evicts ${e.victim} against its disruption budget: to preemption a budget is a wish.`,
      ),
    ],
    tables: [waves, ranks],
  };
}
