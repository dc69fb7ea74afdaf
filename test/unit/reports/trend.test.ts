import { expect } from 'chai';
import type { Verdict } from '../../../harness/check/finding.ts';
import { trendsOf } from '../../../reports/trend.ts';
import { check, result } from './results.ts';

const run = (day: number, verdict: Verdict, cores = 2) =>
  result(
    { runId: `r${day}`, startedAt: `2026-01-0${day}T00:00:00Z`, host: { cores, memoryBytes: 1 } },
    { checks: [check({ name: 'x', verdict })] },
  );

describe('trendsOf', () => {
  it('counts what held and what changed from one run to the next, in the order of time', () => {
    const [trend] = trendsOf([run(3, 'holds'), run(1, 'holds'), run(2, 'violated'), run(4, 'holds'), run(5, 'holds')]);
    expect(trend).to.include({ check: 'x', runs: 5, holds: 4, flakiness: 0.5 });
  });

  it('does not call a change of settings a flake', () => {
    expect(trendsOf([run(1, 'holds'), run(2, 'violated', 4)])[0]?.flakiness).to.equal(null);
  });
});
