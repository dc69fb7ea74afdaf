import type { Verdict } from '../harness/check/finding.ts';
import type { CellResult, ExperimentResult, Measures, Outcome, Result } from './result.ts';

type Labels = Record<string, string>;

interface Sample {
  suffix?: string;
  labels: Labels;
  value: number;
}

interface Family {
  name: string;
  type: 'gauge' | 'info' | 'summary';
  unit?: string;
  help: string;
  samples: Sample[];
}

const VERDICTS: readonly Verdict[] = ['holds', 'violated', 'inconclusive'];
const OUTCOMES: readonly Outcome[] = ['fell', 'limped', 'stood', 'unknown'];

/**
 * `metrics.txt`: a run in the OpenMetrics text format, for a node exporter's textfile folder or a push gateway.
 * Base units; a measure that is null has no sample. A verdict is one series a value, 1 for the one that is true.
 */
export function openMetrics(result: Result): string {
  const families = [...run(result), ...experiments(result.experiments)];
  return `${families
    .filter((f) => f.samples.length > 0)
    .map(text)
    .join('')}# EOF\n`;
}

function run(r: Result): Family[] {
  const info: Labels = {
    run_id: r.runId,
    version: r.falldown.version,
    commit: r.falldown.commit,
    ...(r.cluster === null ? {} : { provider: r.cluster.provider, kubernetes_version: r.cluster.kubernetesVersion }),
    ...(r.gatekeeper === null ? {} : { gatekeeper: r.gatekeeper.name, gatekeeper_version: r.gatekeeper.version }),
  };
  return [
    { name: 'falldown_run', type: 'info', help: 'What ran.', samples: [{ suffix: '_info', labels: info, value: 1 }] },
    gauge(
      'falldown_run_verdict',
      'Verdict of the run about its expectations.',
      oneOf(VERDICTS, r.verdict, 'verdict', {}),
    ),
    gauge('falldown_run_start_timestamp_seconds', 'When the run began, Unix time.', [
      { labels: {}, value: Date.parse(r.startedAt) / 1000 },
    ]),
    gauge('falldown_run_duration_seconds', 'How long the run took.', [{ labels: {}, value: r.durationSeconds }]),
  ];
}

function experiments(list: readonly ExperimentResult[]): Family[] {
  const each = (samples: (e: ExperimentResult, labels: Labels) => Sample[]) =>
    list.flatMap((e) => samples(e, { experiment: e.name }));
  const measure = ([name, help, value]: (typeof MEASURES)[number]) =>
    gauge(
      name,
      help,
      each((e, labels) => {
        const v = value(e.measures);
        return v === null ? [] : [{ labels, value: Number(v) }];
      }),
    );
  return [
    ...judged('experiment', 'Verdict of the experiment about its expectations.', 'What the cluster did.', each),
    gauge(
      'falldown_check_verdict',
      'Verdict of one check.',
      each((e, labels) => e.checks.flatMap((c) => oneOf(VERDICTS, c.verdict, 'verdict', { ...labels, check: c.name }))),
    ),
    gauge(
      'falldown_phase_duration_seconds',
      'How long a phase of the method took.',
      each((e, labels) => e.phases.map((p) => ({ labels: { ...labels, phase: p.name }, value: p.durationSeconds }))),
    ),
    gauge(
      'falldown_unwinding_seconds',
      'From the deletion of the admission rules to a step of the way out.',
      each((e, labels) => e.measures.unwinding.map((u) => ({ labels: { ...labels, step: u.step }, value: u.seconds }))),
    ),
    ...MEASURES.map(measure),
    ...cells(list),
    {
      name: 'falldown_api_request_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Latency of API requests as a user sees it; quantile 1 is the slowest.',
      samples: each((e, labels) => latency(e.measures.api, labels)),
    },
    {
      name: 'falldown_api_phase_request_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'The same in one phase of the method.',
      samples: each((e, labels) =>
        Object.entries(e.measures.apiByPhase).flatMap(([phase, api]) => latency(api, { ...labels, phase })),
      ),
    },
    gauge('falldown_api_request_timeouts', 'API requests that got no answer in time.', each(counted('timeouts'))),
    gauge('falldown_api_request_errors', 'API requests that were refused or failed.', each(counted('errors'))),
  ];
}

/** What was judged of each experiment, or of each cell: its verdict, and what the cluster did. */
function judged(
  subject: string,
  verdict: string,
  outcome: string,
  each: (samples: (of: Pick<CellResult, 'verdict' | 'outcome'>, labels: Labels) => Sample[]) => Sample[],
): Family[] {
  return [
    gauge(
      `falldown_${subject}_verdict`,
      verdict,
      each((of, l) => oneOf(VERDICTS, of.verdict, 'verdict', l)),
    ),
    gauge(
      `falldown_${subject}_outcome`,
      outcome,
      each((of, l) => oneOf(OUTCOMES, of.outcome, 'outcome', l)),
    ),
  ];
}

/** The cells of a matrix; of their own values those that are numbers. */
function cells(list: readonly ExperimentResult[]): Family[] {
  const each = (samples: (cell: CellResult, labels: Labels) => Sample[]) =>
    list.flatMap((e) => (e.cells ?? []).flatMap((cell) => samples(cell, { experiment: e.name, cell: cell.name })));
  return [
    ...judged('cell', 'Verdict of one cell of a matrix.', 'What the cluster of a cell did.', each),
    gauge(
      'falldown_cell_start_seconds',
      'From asking for a cell to its working cluster.',
      each((c, labels) => (c.startSeconds === null ? [] : [{ labels, value: c.startSeconds }])),
    ),
    gauge(
      'falldown_cell_value',
      'A number that the experiment reads off a cell; its name says the unit.',
      each((c, labels) =>
        Object.entries(c.values).flatMap(([name, value]) =>
          typeof value === 'number' ? [{ labels: { ...labels, name }, value }] : [],
        ),
      ),
    ),
  ];
}

const MEASURES: readonly [name: string, help: string, value: (m: Measures) => number | boolean | null][] = [
  ['falldown_pods_requested', 'Pods the encoding Job asked for.', (m) => m.podsRequested],
  ['falldown_pods_created', 'Pods the encoding Job got.', (m) => m.podsCreated],
  ['falldown_pods_succeeded', 'Pods of the encoding Job that finished.', (m) => m.podsSucceeded],
  ['falldown_pods_per_second', 'Rate at which pods were created.', (m) => m.podsPerSecond],
  ['falldown_segments_lost', 'Segments that were never encoded.', (m) => m.segmentsLost],
  ['falldown_segments_repeated', 'Segments encoded more than once.', (m) => m.segmentsRepeated],
  ['falldown_gatekeeper_outage_seconds', 'Time without a gatekeeper.', (m) => m.gatekeeperOutageSeconds],
  ['falldown_refused_requests', 'Requests refused because the webhook did not answer.', (m) => m.refusedRequests],
  ['falldown_refused_deletes', 'Deletions among the refused requests.', (m) => m.refusedDeletes],
  ['falldown_self_healed', '1 when it healed once the trigger was gone, else 0.', (m) => m.selfHealed],
  ['falldown_hold_seconds', 'Time watched after the trigger was gone.', (m) => m.holdSeconds],
  ['falldown_exposure_seconds', 'Time during which nothing was enforced.', (m) => m.exposureSeconds],
  ['falldown_violating_pods_admitted', 'Violating pods admitted meanwhile.', (m) => m.violatingPodsAdmitted],
  ['falldown_violating_pods_left', 'Violating pods still there at the end.', (m) => m.violatingPodsLeft],
  ['falldown_recovery_seconds', 'Time to recover.', (m) => m.timeToRecoverSeconds],
  ['falldown_cluster_ready_seconds', 'Time to a cluster whose gatekeeper enforces.', (m) => m.clusterReadySeconds],
  ['falldown_toolchain_seconds', 'Time spent on getting binaries.', (m) => m.toolchainSeconds],
  [
    'falldown_safeguarded_refused_requests',
    'Requests refused with the safeguards in place.',
    (m) => m.safeguarded?.refusedRequests ?? null,
  ],
  [
    'falldown_safeguarded_ready_replicas_min',
    'Fewest ready replicas with the safeguards in place.',
    (m) => m.safeguarded?.minReadyReplicas ?? null,
  ],
  [
    'falldown_harness_resident_memory_max_bytes',
    'Most memory the harness held.',
    (m) => m.harness?.maxRssBytes ?? null,
  ],
  [
    'falldown_sampler_event_loop_delay_p99_seconds',
    'p99 of the event-loop delay of the API sampler.',
    (m) => m.sampler?.eventLoopDelayP99 ?? null,
  ],
  ['falldown_sampler_cpu_seconds', 'CPU time of the API sampler.', (m) => m.sampler?.cpuSeconds ?? null],
  [
    'falldown_harness_event_loop_delay_p99_seconds',
    'p99 of the event-loop delay of the harness.',
    (m) => m.harness?.eventLoopDelayP99 ?? null,
  ],
];

function latency(api: Measures['api'], labels: Labels): Sample[] {
  return Object.entries(api).flatMap(([request, a]) => {
    const own = { ...labels, request };
    const quantiles: [string, number | null][] = [
      ['0.5', a.p50],
      ['0.95', a.p95],
      ['0.99', a.p99],
      ['1', a.max],
    ];
    return [
      ...quantiles.flatMap(([quantile, value]) => (value === null ? [] : [{ labels: { ...own, quantile }, value }])),
      { suffix: '_count', labels: own, value: a.count },
    ];
  });
}

function counted(what: 'errors' | 'timeouts') {
  return (e: ExperimentResult, labels: Labels): Sample[] =>
    Object.entries(e.measures.api).map(([request, a]) => ({ labels: { ...labels, request }, value: a[what] }));
}

function oneOf(values: readonly string[], actual: string, key: string, labels: Labels): Sample[] {
  return values.map((value) => ({ labels: { ...labels, [key]: value }, value: value === actual ? 1 : 0 }));
}

/** The format wants a unit to be the end of the name, so the name gives it away; a rate has no unit there. */
function gauge(name: string, help: string, samples: Sample[]): Family {
  const unit = /(?<!_per)_(seconds|bytes)$/.exec(name)?.[1];
  return { name, type: 'gauge', ...(unit === undefined ? {} : { unit }), help, samples };
}

function text(f: Family): string {
  const head = [`# HELP ${f.name} ${escaped(f.help)}`, `# TYPE ${f.name} ${f.type}`];
  if (f.unit !== undefined) head.push(`# UNIT ${f.name} ${f.unit}`);
  // Two checks of one name would be one series twice, which a parser refuses; the first one stands.
  const series = new Map<string, string>();
  for (const s of f.samples) {
    const pairs = Object.entries(s.labels).map(([key, value]) => `${key}="${escaped(value)}"`);
    const id = `${f.name}${s.suffix ?? ''}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`;
    if (Number.isFinite(s.value) && !series.has(id)) series.set(id, `${id} ${s.value}`);
  }
  return `${[...head, ...series.values()].join('\n')}\n`;
}

function escaped(value: string): string {
  return value
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, ' ');
}
