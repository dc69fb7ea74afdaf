import type { CellResult, CheckResult, ExperimentResult, PhaseResult } from '../../reports/result.ts';
import { mergeVerdicts, type Verdict } from '../check/finding.ts';
import type { JournalView } from '../check/journal-view.ts';
import { measure } from '../check/measures.ts';
import { outcome } from '../check/outcome.ts';

/** What is found of one journal, be it a run's or a cell's. */
export type Judgement = Required<
  Pick<ExperimentResult, 'verdict' | 'outcome' | 'reason' | 'phases' | 'checks' | 'measures' | 'ended'>
>;

/** Judges a journal by checks that ran on it, and by the cells that belong to it. */
export function judge(view: JournalView, found: readonly CheckResult[], cells: readonly CellResult[] = []): Judgement {
  const { how, reason } = view.ended ?? { how: 'interrupted', reason: 'the harness stopped without a word' };
  const broken = how === 'completed' || how === 'stopped' ? undefined : (reason ?? IN_PLAIN_WORDS[how]);
  // A run that never had its cluster has nothing to check; one finding per check would only hide the reason.
  const reached = view.phases.length > 0 ? found : [];
  const checks = broken === undefined ? [...reached] : reached.map((check) => cutShort(check, broken));
  const parts = [...checks, ...cells];
  const verdict = broken === undefined ? mergeVerdicts(parts.map((c) => c.verdict)) : 'inconclusive';
  return {
    verdict,
    outcome: outcome(view),
    reason: broken ?? reasonFor(verdict, checks, cells, reason),
    phases: view.phases.map((phase): PhaseResult => {
      const startedAt = new Date(Date.parse(view.run!.at) + phase.from * 1000).toISOString();
      return {
        name: phase.phase,
        title: phase.title,
        startedAt,
        startSeconds: phase.from,
        durationSeconds: Math.max(0, Math.round((phase.to - phase.from) * 1000) / 1000),
        ok: phase.ok ?? false,
        ...(phase.reason === undefined ? {} : { reason: phase.reason }),
      };
    }),
    checks,
    measures: measure(view),
    ended: { how, ...(reason === undefined ? {} : { reason }) },
  };
}

const IN_PLAIN_WORDS = {
  interrupted: 'the run was interrupted',
  deadline: 'the run met its deadline',
  error: 'the run broke',
};

/** What a check misses in a run that was cut off may only not have happened yet: that is no violation. */
function cutShort(check: CheckResult, reason: string): CheckResult {
  if (check.verdict !== 'violated') return check;
  return { ...check, verdict: 'inconclusive', because: `cut off (${reason}), when this was so: ${check.because}` };
}

/** The sentence that decided: the first violated check or cell, else the first inconclusive one, else that all hold. */
function reasonFor(
  verdict: Verdict,
  checks: readonly CheckResult[],
  cells: readonly CellResult[],
  ended?: string,
): string {
  if (verdict === 'holds') {
    const both = `all ${checks.length} checks hold${cells.length > 0 ? `, and ${cells.length} of ${cells.length} cells` : ''}`;
    return checks.length === 0 && cells.length > 0 ? `all ${cells.length} cells hold` : both;
  }
  if (verdict === 'inconclusive' && ended !== undefined) return ended;
  const check = checks.find((c) => c.verdict === verdict);
  if (check !== undefined) return check.because;
  const cell = cells.find((c) => c.verdict === verdict);
  return cell === undefined ? (ended ?? 'nothing was checked') : `cell ${cell.name}: ${cell.reason}`;
}
