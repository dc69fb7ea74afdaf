import { kindOf } from './compare.ts';
import type { Result } from './result.ts';

/** How one check of one experiment went over its runs. */
export interface CheckTrend {
  experiment: string;
  check: string;
  runs: number;
  holds: number;
  /** Share of runs that ended differently from the run of the same kind before; null with fewer than two. */
  flakiness: number | null;
}

/** The trend of every check, the flakiest first. A change of settings or versions is no flake. */
export function trendsOf(results: readonly Result[]): CheckTrend[] {
  const seen = new Map<string, { trend: CheckTrend; last: Map<string, string>; pairs: number; flips: number }>();
  for (const result of results.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    for (const { name, checks } of result.experiments) {
      for (const { name: check, verdict } of checks) {
        const key = JSON.stringify([name, check]);
        const fresh = {
          trend: { experiment: name, check, runs: 0, holds: 0, flakiness: null },
          last: new Map(),
          pairs: 0,
          flips: 0,
        };
        const entry = seen.get(key) ?? fresh;
        seen.set(key, entry);
        entry.trend.runs += 1;
        if (verdict === 'holds') entry.trend.holds += 1;
        const before = entry.last.get(kindOf(result));
        entry.last.set(kindOf(result), verdict);
        if (before === undefined) continue;
        entry.pairs += 1;
        if (before !== verdict) entry.flips += 1;
        entry.trend.flakiness = entry.flips / entry.pairs;
      }
    }
  }
  return [...seen.values()].map((e) => e.trend).sort((a, b) => (b.flakiness ?? 0) - (a.flakiness ?? 0));
}
