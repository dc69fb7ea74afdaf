import { outcomes } from './compare-outcomes.ts';
import { LEAST_RUNS, noiseOf } from './noise.ts';
import type { CheckResult, ExperimentResult, Result } from './result.ts';
import { plural } from './words.ts';

/** One thing that was looked at in both runs. */
export interface Difference {
  what: string;
  before: number | string;
  after: number | string;
  unit: string;
  /** `unjudged`: a timing without enough runs to know its noise. */
  state: 'worse' | 'not worse' | 'unjudged';
  because: string;
}

export interface Comparison {
  before: string;
  after: string;
  /** `cannot tell` when nothing is worse, but a run was inconclusive or timings could not be judged. */
  verdict: 'worse' | 'not worse' | 'cannot tell';
  /** Runs of the same kind as the first one, itself included, whose spread is the noise. */
  noiseRuns: number;
  differences: Difference[];
  notes: string[];
}

const RANK = { holds: 0, inconclusive: 1, violated: 2 };

/** Runs are of a kind when they differ in nothing that is meant to change what they measure. */
export function kindOf(r: Result): string {
  const { cluster: c, gatekeeper: g } = r;
  return [familyOf(r), c?.kubernetesVersion, g?.version, g?.replicas, g?.priority].join(' ');
}

/** Runs that an upgrade may lie between: the same experiment, settings and size, on whatever versions. */
export function familyOf(r: Result): string {
  const [e] = r.experiments;
  return [e?.name, e?.profile, r.settings, r.cluster?.provider, e?.measures.podsRequested, r.host.cores].join(' ');
}

/**
 * What got worse from one run to another. Verdicts and settings are compared as they are; a timing is worse when it is
 * beyond what runs of the same kind as the first one differ by anyway.
 * @param known results of other runs, of any kind; those like `a` are the noise.
 */
export function compare(a: Result, b: Result, known: readonly Result[]): Comparison {
  const sample = sampleOf(a, b, known);
  const differences = [...outcomes(a, b, sample), ...checks(a, b), ...numbers(a, b, sample)];
  const notes: string[] = [];
  for (const r of [a, b]) if (r.verdict === 'inconclusive') notes.push(`run ${r.runId} is inconclusive`);
  const unjudged = differences.filter((d) => d.state === 'unjudged').length;
  if (unjudged > 0 && sample.length < LEAST_RUNS) {
    notes.push(
      `${plural(unjudged, 'row')} not judged: ${sample.length} of the ${LEAST_RUNS} runs needed to know the noise (same experiment, settings, versions and size as the first run)`,
    );
  } else if (unjudged > 0) notes.push(`${plural(unjudged, 'row')} not judged: each says why`);
  const worse = differences.some((d) => d.state === 'worse');
  const verdict = worse ? 'worse' : notes.length > 0 ? 'cannot tell' : 'not worse';
  return { before: a.runId, after: b.runId, verdict, noiseRuns: sample.length, differences, notes };
}

/** What is a number in both: settings, counts, timings. `sample` as for the noise. */
function numbers(a: Result, b: Result, sample: readonly Result[]): Difference[] {
  return [...settings(a, b), ...counts(a, b), ...timings(a, b, sample)];
}

/** Runs of the same kind as the first one, itself among them, whose spread is the noise; never the one that is judged by it. */
function sampleOf(a: Result, b: Result, known: readonly Result[]): Result[] {
  const alike = known.filter((r) => kindOf(r) === kindOf(a) && r.verdict !== 'inconclusive');
  return [a, ...alike.filter((r) => r.runId !== a.runId && r.runId !== b.runId)];
}

/** The numbers of `compare` alone. */
export function compareNumbers(a: Result, b: Result, known: readonly Result[]): Difference[] {
  return numbers(a, b, sampleOf(a, b, known));
}

function settings(a: Result, b: Result): Difference[] {
  return (['replicas', 'priority'] as const).flatMap((name) => {
    const [before, after] = [a.gatekeeper?.[name], b.gatekeeper?.[name]];
    if (before === undefined || after === undefined) return [];
    const state = after < before ? 'worse' : 'not worse';
    return [{ what: `gatekeeper ${name}`, before, after, unit: '', state, because: 'set when the cluster was ready' }];
  });
}

function checks(a: Result, b: Result): Difference[] {
  const [before, now] = [a, b].map((r) => new Map(r.experiments.flatMap(everyCheck)));
  const compared = [...before!].map(([what, was]): Difference => {
    const is = now!.get(what);
    if (is === undefined && isMatrix(b)) {
      const because = 'it was not checked: the cells that it is about were not run';
      return { what, before: was.verdict, after: 'not checked', unit: '', state: 'unjudged', because };
    }
    const verdict = is?.verdict ?? 'inconclusive';
    const state = RANK[verdict] > RANK[was.verdict] ? 'worse' : 'not worse';
    const because = is?.because ?? 'it was not checked';
    return { what, before: was.verdict, after: verdict, unit: '', state, because };
  });
  const added = [...now!].flatMap(([what, { verdict, because }]): Difference[] =>
    before!.has(what) || verdict !== 'violated'
      ? []
      : [{ what, before: 'not checked', after: verdict, unit: '', state: 'worse', because }],
  );
  return [...compared, ...added];
}

const isMatrix = (r: Result): boolean => r.experiments.some(({ cells }) => cells !== undefined);

/** The checks of an experiment and those of its cells, by a name of their own. */
function everyCheck({ checks, cells = [] }: ExperimentResult): [string, CheckResult][] {
  return [
    ...checks.map((c): [string, CheckResult] => [c.name, c]),
    ...cells.flatMap((cell) => cell.checks.map((c): [string, CheckResult] => [`cell ${cell.name}: ${c.name}`, c])),
  ];
}

function counts(a: Result, b: Result): Difference[] {
  const of = (r: Result) => r.experiments[0]?.measures;
  const [was, is] = [of(a), of(b)];
  const rows: [what: string, before: number | null | undefined, after: number | null | undefined, sign: number][] = [
    ['segments lost', was?.segmentsLost, is?.segmentsLost, 1],
    ['least ready replicas with safeguards', was?.safeguarded?.minReadyReplicas, is?.safeguarded?.minReadyReplicas, -1],
    ['refused with safeguards', was?.safeguarded?.refusedRequests, is?.safeguarded?.refusedRequests, 1],
  ];
  return rows.flatMap(([what, before, after, sign]) => {
    if (before === null || before === undefined || after === null || after === undefined) return [];
    const state = (after - before) * sign > 0 ? 'worse' : 'not worse';
    return [{ what, before, after, unit: '', state, because: 'counted, so that any difference is one' }];
  });
}

interface Timing {
  what: string;
  seconds: number;
  /** Resolution of the instrument, in seconds: a smaller difference means nothing. */
  least: number;
  /** Of what the API sampler timed: whether it ran ahead of others, or had to wait for a CPU as they do. */
  realTime?: boolean;
}

const RECOVERY = 'recovery';
const STEP = 'way out: ';
const OTHER_SCHEDULING =
  'the API sampler ran ahead of others in one of the two, and had to wait for a CPU in the other';

function timings(a: Result, b: Result, sample: readonly Result[]): Difference[] {
  const judged = eachTiming(a, b, sample);
  if (judged.some((d) => d.what === RECOVERY && d.state === 'worse')) return judged;
  // Controllers try again when their back-off ends, which after minutes of refusals is seconds sooner or later by chance. A
  // step that was late and did not make the recovery late tells nothing.
  return judged.map((d) =>
    d.what.startsWith(STEP) && d.state === 'worse'
      ? { ...d, state: 'not worse', because: `${d.because}; made up for by the end of the recovery` }
      : d,
  );
}

function eachTiming(a: Result, b: Result, sample: readonly Result[]): Difference[] {
  const unlike = differentSize(a, b);
  const after = new Map(timingsOf(b.experiments[0]).map((t) => [t.what, t]));
  return timingsOf(a.experiments[0]).flatMap(({ what, seconds: before, least, realTime }): Difference[] => {
    const timed = after.get(what);
    if (timed === undefined) return [];
    const now = timed.seconds;
    const row = { what, before, after: now, unit: 's' };
    if (unlike !== undefined) return [{ ...row, state: 'unjudged', because: unlike }];
    if (timed.realTime !== realTime) return [{ ...row, state: 'unjudged', because: OTHER_SCHEDULING }];
    const alike = (t: Timing) => t.what === what && t.realTime === realTime;
    const values = sample.flatMap((r) => timingsOf(r.experiments[0]).find(alike)?.seconds ?? []);
    const noise = noiseOf(values, least);
    if (noise === undefined)
      return [
        {
          ...row,
          state: 'unjudged',
          because: `${plural(values.length, 'run')} like the first one ${values.length === 1 ? 'has' : 'have'} it`,
        },
      ];
    const because = `${noise.runs} runs: ${noise.mean.toFixed(3)} s on average, up to ${noise.limit.toFixed(3)} s by chance`;
    return [{ ...row, state: now > noise.limit ? 'worse' : 'not worse', because }];
  });
}

/** Why no timing of the one says anything about the other. */
function differentSize(a: Result, b: Result): string | undefined {
  const sizes: [string, (r: Result) => string | number | null | undefined][] = [
    ['pods', (r) => r.experiments[0]?.measures.podsRequested],
    ['cores', (r) => r.host.cores],
    ['provider', (r) => r.cluster?.provider],
  ];
  const other = sizes.find(([, of]) => of(a) !== of(b));
  return other === undefined ? undefined : `the runs are not alike: ${other[0]} ${other[1](a)} and ${other[1](b)}`;
}

/** Probes are sent every second or half, so what they see is known to a second; the API sampler sees milliseconds. */
function timingsOf(e: ExperimentResult | undefined): Timing[] {
  if (e === undefined) return [];
  const m = e.measures;
  const probed: [string, number | null][] = [
    ['time without a gatekeeper', m.gatekeeperOutageSeconds],
    [RECOVERY, m.timeToRecoverSeconds],
    ['nothing enforced', m.exposureSeconds],
    ...m.unwinding.map(({ step, seconds }): [string, number] => [`${STEP}${step}`, seconds]),
  ];
  const sampled = Object.entries(m.api).map(([name, { p50 }]): [string, number | null] => [`API p50: ${name}`, p50]);
  const known = ([what, seconds]: [string, number | null]) => (seconds === null ? [] : [{ what, seconds }]);
  const realTime = m.sampler?.realTime ?? false;
  return [
    ...probed.flatMap(known).map((t) => ({ ...t, least: 1 })),
    ...sampled.flatMap(known).map((t) => ({ ...t, least: 0.005, realTime })),
  ];
}
