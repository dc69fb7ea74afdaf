import type { ExperimentResult, Result } from './result.ts';
import { breakage, did, duration, expectation, tally } from './words.ts';

/** The verdict of a run in a line, e.g. `FELL, as expected: one preempted pod closed the cluster for 68 s`. */
export function headline(result: Result): string {
  const [only, ...others] = result.experiments;
  if (only === undefined) return 'INCONCLUSIVE: no experiment ran';
  const checks = tally(result.experiments);
  if (others.length > 0) return `${result.verdict.toUpperCase()}: ${result.experiments.length} experiments, ${checks}`;
  if (result.verdict === 'inconclusive') return `INCONCLUSIVE: ${breakage(only) ?? only.reason}`;
  if (result.verdict === 'violated') return `VIOLATED: ${did(only)}; ${checks}`;
  // The cells of a matrix did different things, so there is no one outcome to name.
  if (only.outcome === 'unknown') return `HOLDS: ${only.reason}`;
  return `${only.outcome.toUpperCase()}, ${expectation(result.verdict)}: ${nutshell(result, only)}`;
}

/** Why the cluster did what it did, with the one number that matters most. */
function nutshell(result: Result, { outcome, reason, story, measures: m, cells }: ExperimentResult): string {
  // What a matrix measured outside its cells is of the preparation, and says nothing.
  if (outcome !== 'fell' || m.gatekeeperOutageSeconds === null || cells !== undefined) return reason;
  const time = duration(m.gatekeeperOutageSeconds);
  const preempted = story?.evicted?.how === 'preemption' && result.gatekeeper?.replicas === 1;
  if (preempted && m.refusedRequests !== null && m.refusedRequests > 0) {
    return `one preempted pod closed the cluster for ${time}`;
  }
  return `no gatekeeper for ${time}`;
}
