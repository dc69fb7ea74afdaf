import type { CheckResult, ExperimentResult, Measures, Result } from '../../../reports/result.ts';

/** What a cluster may put into a message, and a report must not choke on. */
export const NASTY =
  'admission webhook "validate.kyverno.svc-fail" | denied:\n`rm -rf` <script>alert(1)</script> & ]]> \\ *bold* [x](y) ' +
  '\u0000\u001b[31mred\u001b[0m \u202Eevil\u202C \uD800 日本語 🚨 \uFFFF\r\n# heading';

export const NOTHING_MEASURED: Measures = {
  podsRequested: null,
  podsCreated: null,
  podsSucceeded: null,
  podsPerSecond: null,
  segmentsLost: null,
  segmentsRepeated: null,
  gatekeeperOutageSeconds: null,
  refusedRequests: null,
  refusedDeletes: null,
  selfHealed: null,
  holdSeconds: null,
  exposureSeconds: null,
  violatingPodsAdmitted: null,
  violatingPodsLeft: null,
  timeToRecoverSeconds: null,
  clusterReadySeconds: null,
  toolchainSeconds: null,
  unwinding: [],
  safeguarded: null,
  api: {},
  apiByPhase: {},
  sampler: null,
  harness: null,
};

export function check(overrides: Partial<CheckResult> = {}): CheckResult {
  return {
    name: 'the loop is closed',
    facts: ['F9'],
    verdict: 'holds',
    measured: 71.25,
    limit: 30,
    unit: 's',
    because: 'Every pod was refused from the eviction to the deletion of the rules.',
    evidence: [120, 121, 4711],
    ...overrides,
  };
}

function experiment(overrides: Partial<ExperimentResult>): ExperimentResult {
  return {
    name: 'we-all-fall-down',
    title: 'We all fall down',
    profile: 'as-in-the-incident',
    facts: ['F6', 'F7', 'F9', 'F12', 'F13'],
    verdict: 'holds',
    outcome: 'fell',
    reason: 'The gatekeeper was preempted and its own replacement was refused.',
    phases: [
      phase('steady-state', 'Steady state', 0.5, 12.25),
      phase('method', 'A security service arrives', 12.75, 71.25),
      phase('recover', 'The rules are deleted', 84, 30.5),
    ],
    checks: [check()],
    measures: NOTHING_MEASURED,
    ...overrides,
  };
}

function phase(name: string, title: string, startSeconds: number, durationSeconds: number) {
  return { name, title, startedAt: '2026-11-23T05:00:00.500Z', startSeconds, durationSeconds, ok: true };
}

export function result(overrides: Partial<Result> = {}, first: Partial<ExperimentResult> = {}): Result {
  const one = experiment(first);
  return {
    schemaVersion: 1,
    runId: '20261123T050000Z-we-all-fall-down-4f2a',
    startedAt: '2026-11-23T05:00:00.000Z',
    durationSeconds: 118.123456789,
    verdict: one.verdict,
    argv: ['run', 'we-all-fall-down', '--pods', '3000'],
    seed: 42,
    falldown: { version: '0.1.0', commit: '0123abc', dirty: true },
    host: { cores: 2, memoryBytes: 8 * 2 ** 30 },
    cluster: { provider: 'embedded', kubernetesVersion: 'v1.36.3', nodes: 1, fakeNodes: 60 },
    gatekeeper: { name: 'kyverno', version: '1.19.1', replicas: 1, priority: 0 },
    experiments: [one],
    ...overrides,
  };
}

export const MEASURED: Measures = {
  podsRequested: 3000,
  podsCreated: 3007,
  podsSucceeded: 3000,
  podsPerSecond: 101.5,
  segmentsLost: 0,
  segmentsRepeated: 4,
  gatekeeperOutageSeconds: 71.25,
  refusedRequests: 2341,
  refusedDeletes: 12,
  selfHealed: false,
  holdSeconds: 30,
  exposureSeconds: 4.25,
  violatingPodsAdmitted: 14,
  violatingPodsLeft: 13,
  timeToRecoverSeconds: 12.5,
  clusterReadySeconds: 11.75,
  toolchainSeconds: 0.04,
  unwinding: [
    { step: 'gatekeeper pod created', seconds: 0.4 },
    { step: 'gatekeeper ready', seconds: 3.2 },
    { step: 'rules back', seconds: 4.25 },
    { step: 'queue drained', seconds: 25 },
  ],
  safeguarded: { refusedRequests: 0, minReadyReplicas: 2, requiredReplicas: 2 },
  api: {
    'list-page': { count: 118, errors: 0, timeouts: 1, p50: 0.012, p95: 0.25, p99: 3.5, max: 90 },
    'get-pod@gateway': { count: 118, errors: 2, timeouts: 0, p50: 0.002, p95: 0.004, p99: 0.011, max: 0.02 },
  },
  apiByPhase: {
    method: { 'get-pod': { count: 3, errors: 3, timeouts: 0, p50: null, p95: null, p99: null, max: null } },
  },
  sampler: { cpuSeconds: 2.5, gatewayCpuSeconds: null, eventLoopDelayP99: 0.004, latenessP99: 0.0015, realTime: true },
  harness: { maxRssBytes: 220 * 2 ** 20, eventLoopDelayP99: 0.0123456789 },
};

export const HOLDS = result(
  {},
  {
    checks: [
      check(),
      check({ name: 'it does not heal by itself', facts: ['F12'], measured: false, limit: false, unit: '' }),
    ],
    measures: MEASURED,
    ended: { how: 'completed' },
    story: {
      evicted: {
        pod: 'kyverno/kyverno-admission-controller-7d9c',
        how: 'preemption',
        by: 'security/scanner-0',
        priority: 0,
        byPriority: 1_000_000_000,
      },
      attempts: [
        { actor: 'infra-oncall', intent: 'delete-job', code: 500, times: 3 },
        { actor: 'infra-oncall', intent: 'delete-rules', code: 403, times: 1 },
        { actor: 'platform-admin', intent: 'delete-rules', code: 200, times: 1 },
      ],
    },
  },
);

export const VIOLATED = result(
  {},
  {
    verdict: 'violated',
    outcome: 'limped',
    reason: `The cluster healed by itself: ${NASTY}`,
    checks: [
      check(),
      check({ name: NASTY, verdict: 'violated', because: NASTY, measured: NASTY, unit: '|', evidence: [] }),
      check({ name: 'p99 | list', verdict: 'inconclusive', because: 'The watch of pods had a gap of 12 s.' }),
      check({
        name: 'no segment is lost',
        verdict: 'violated',
        measured: 2,
        limit: 0,
        unit: 'segments',
        because: 'Two indexes never succeeded.',
      }),
    ],
    measures: { ...NOTHING_MEASURED, selfHealed: true, refusedRequests: 1, unwinding: [{ step: NASTY, seconds: -1 }] },
    ended: { how: 'stopped', reason: NASTY },
  },
);

export const INCONCLUSIVE = result(
  { cluster: null, gatekeeper: null },
  {
    verdict: 'inconclusive',
    outcome: 'unknown',
    reason: 'The run was interrupted in its steady state.',
    phases: [{ ...phase('steady-state', 'Steady state', 0.5, 12.25), ok: false, reason: 'interrupted' }],
    checks: [
      {
        name: 'the loop is closed',
        facts: ['F9'],
        verdict: 'inconclusive',
        because: 'The journal ends before the fault.',
        evidence: [],
      },
    ],
    ended: { how: 'interrupted', reason: 'SIGINT' },
  },
);

export const ALL: Record<string, Result> = { holds: HOLDS, violated: VIOLATED, inconclusive: INCONCLUSIVE };
