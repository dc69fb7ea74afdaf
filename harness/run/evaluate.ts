import type { CheckResult, ExperimentResult, PhaseResult, Result } from '../../reports/result.ts';
import { mergeVerdicts, type Verdict } from '../check/finding.ts';
import { JournalView } from '../check/journal-view.ts';
import { measure } from '../check/measures.ts';
import { outcome } from '../check/outcome.ts';
import { runCheck } from '../check/run-check.ts';
import { turningPoints } from '../check/turning-points.ts';
import { FalldownError } from '../errors.ts';
import { readJournal } from '../journal/reader.ts';
import type { Experiment } from './script.ts';

/** From a journal to a result: checks and measures read the recording and nothing else, so this can be done again. */
export function evaluate(journalPath: string, experiment: Experiment): Result {
  const view = JournalView.from(readJournal(journalPath));
  const { run } = view;
  if (run === undefined) {
    throw new FalldownError({
      code: 'JOURNAL_EMPTY',
      kind: 'usage',
      what: 'the journal has no beginning, so there is nothing to report',
      on: journalPath,
    });
  }
  const result = evaluateExperiment(view, experiment);
  const { cluster } = view;
  return {
    schemaVersion: 1,
    runId: run.runId,
    startedAt: run.at,
    durationSeconds: view.end,
    verdict: result.verdict,
    argv: run.argv,
    seed: run.seed,
    falldown: run.falldown,
    host: run.host,
    cluster:
      cluster === undefined
        ? null
        : {
            provider: cluster.provider,
            kubernetesVersion: cluster.kubernetesVersion,
            nodes: cluster.nodes,
            fakeNodes: cluster.fakeNodes,
          },
    gatekeeper:
      cluster === undefined
        ? null
        : {
            name: cluster.gatekeeper.name,
            version: cluster.gatekeeper.version,
            replicas: cluster.gatekeeper.replicas,
            priority: cluster.gatekeeper.priority,
          },
    experiments: [result],
  };
}

function evaluateExperiment(view: JournalView, experiment: Experiment): ExperimentResult {
  const { run } = view;
  const { how, reason } = view.ended ?? { how: 'interrupted', reason: 'the harness stopped without a word' };
  const broken = how === 'completed' || how === 'stopped' ? undefined : (reason ?? IN_PLAIN_WORDS[how]);
  // A run that never had its cluster has nothing to check; one finding per check would only hide the reason.
  const reached = view.phases.length > 0;
  const found = reached ? experiment.checks.map((c) => runCheck(c.name, c.facts, c.body, view)) : [];
  const checks = broken === undefined ? found : found.map((check) => cutShort(check, broken));
  const verdict = broken === undefined ? mergeVerdicts(checks.map((c) => c.verdict)) : 'inconclusive';
  return {
    name: experiment.name,
    title: experiment.title,
    profile: run?.profile ?? '',
    facts: experiment.facts,
    verdict,
    outcome: outcome(view),
    reason: broken ?? reasonFor(verdict, checks, reason),
    phases: view.phases.map((phase): PhaseResult => {
      const startedAt = new Date(Date.parse(run!.at) + phase.from * 1000).toISOString();
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
    story: turningPoints(view),
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

/** The sentence that decided: the first violated check, else the first inconclusive one, else that all hold. */
function reasonFor(verdict: Verdict, checks: readonly CheckResult[], ended?: string): string {
  const deciding = checks.find((c) => c.verdict === verdict);
  if (verdict === 'holds') return `all ${checks.length} checks hold`;
  if (verdict === 'inconclusive' && ended !== undefined) return ended;
  return deciding?.because ?? ended ?? 'nothing was checked';
}
