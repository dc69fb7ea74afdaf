import type { ApiClass } from '../journal/events.ts';
import { failed, nameOf, quantile, type Sample, type Series } from './api-record.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, plural, secs, violated } from './verdicts.ts';
import { span, type Within } from './windows.ts';

export type { ApiClass };

/**
 * p99 in seconds that Kubernetes promises per class of requests: 1 s for reads and mutations of one object, 30 s for
 * lists of a namespace or the cluster. Source: "API call latency SLIs/SLOs details", kubernetes/community,
 * sig-scalability/slos/api_call_latency.md. Its own measure leaves out webhooks and queueing; this one is taken at the
 * client, so it holds what a user feels. It promises nothing of the delay of watches.
 */
export const SLO_SECONDS: Partial<Record<ApiClass, number>> = {
  'get-pod': 1,
  'create-configmap': 1,
  'delete-configmap': 1,
  'dry-run-pod': 1,
  'list-page': 30,
  'list-all': 30,
};

const SHARE = 0.99;
/** Fewer say nothing of a p99. */
const ENOUGH = 10;

export interface SloOptions extends Within {
  /** Only these; default: every class that was sampled and that Kubernetes promises something of. */
  classes?: ApiClass[];
}

/**
 * F2: the API server answers as Kubernetes promises. Measured straight, without the gateway: the worst p99 against its
 * limit, in seconds. A request that failed counts as one that took forever, however fast it failed; one that was given
 * up took at least as long as it was waited for.
 */
export function apiSlo(view: JournalView, options: SloOptions = {}): Finding {
  const within = span(view, options);
  if (typeof within === 'string') return inconclusive(within);
  if (view.api.started === undefined) return inconclusive('API latency was not sampled');
  const direct = view.api.series.filter((s) => s.via === 'direct' && SLO_SECONDS[s.class] !== undefined);
  const rare = options.classes === undefined ? direct.filter((s) => tooRare(s, within)).map((s) => s.class) : [];
  const wanted = options.classes ?? direct.map((s) => s.class).filter((name) => !rare.includes(name));
  if (wanted.length === 0) return inconclusive('no class of requests was sampled often enough to be judged');
  const judged = wanted.map((name) =>
    judge(
      view,
      name,
      direct.find((s) => s.class === name),
      within,
    ),
  );
  const broken = judged.filter((j) => j.verdict === 'violated');
  const unknown = judged.filter((j) => j.verdict === 'inconclusive');
  const deciding = broken.length > 0 ? broken : unknown.length > 0 ? unknown : judged;
  const worst = deciding.reduce((a, b) => (ratio(b) > ratio(a) ? b : a));
  const because = deciding.map((j) => j.because).join('; ');
  return { ...worst, because: rare.length === 0 ? because : `${because}; too rare to be judged: ${rare.join(', ')}` };
}

/** Its schedule asks too seldom in that time for a p99; a class that should have been there and was not is no such case. */
function tooRare({ everySeconds }: Series, { from, to }: Span): boolean {
  return everySeconds !== null && (to - from) / everySeconds < ENOUGH;
}

function judge(view: JournalView, name: ApiClass, series: Series | undefined, { from, to, where }: Span): Finding {
  const limit = SLO_SECONDS[name];
  if (series === undefined || limit === undefined) {
    return inconclusive(limit === undefined ? `Kubernetes promises nothing of ${name}` : `${name} was not sampled`);
  }
  const samples = series.samples.filter((s) => s.due >= from && s.due <= to);
  const evidence = slowest(samples);
  // What is slow at best is too slow; what is fast at worst is fast enough. Between them nobody knows.
  const best = p99(samples, (s) => (failed(s) ? Number.POSITIVE_INFINITY : s.waited));
  const worst = p99(samples, (s) => (failed(s) || s.censored ? Number.POSITIVE_INFINITY : s.waited));
  const measured = { measured: best === Number.POSITIVE_INFINITY ? 'no answer' : best, limit, unit: 's' };
  const count = `${plural(samples.length, 'request')}${where}${failures(samples)}`;
  const enough = samples.length >= ENOUGH;
  if (enough && best > limit) {
    const took = best === Number.POSITIVE_INFINITY ? 'was no answer' : `was ${secs(best)}`;
    return violated(`p99 of ${nameOf(series)} ${took}, ${secs(limit)} are promised (${count})`, evidence, measured);
  }
  const hidden = view.api.blind(series, from, to);
  if (hidden !== undefined) return inconclusive(hidden, evidence);
  if (!enough) return inconclusive(`${count} of ${nameOf(series)} are too few for a p99`, evidence);
  if (worst > limit) return inconclusive(`nobody waited for the end of some of ${nameOf(series)} (${count})`, evidence);
  return holds(`p99 of ${nameOf(series)} was ${secs(best)} of ${secs(limit)} (${count})`, evidence, measured);
}

type Span = Exclude<ReturnType<typeof span>, string>;

function p99(samples: readonly Sample[], wait: (s: Sample) => number): number {
  return quantile(Float64Array.from(samples, wait).sort(), SHARE) ?? Number.NaN;
}

function failures(samples: readonly Sample[]): string {
  const errors = samples.filter(failed).length;
  const censored = samples.filter((s) => s.censored).length;
  const some = [errors === 0 ? '' : `${errors} failed`, censored === 0 ? '' : `${censored} without an end`];
  return some
    .filter(Boolean)
    .map((text) => `, ${text}`)
    .join('');
}

/** The lines with the failures and the longest waits: what the verdict hangs on. */
function slowest(samples: readonly Sample[]): number[] {
  const weight = (s: Sample) => (failed(s) ? Number.POSITIVE_INFINITY : s.waited);
  return [...samples]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, 5)
    .map((s) => s.seq);
}

function ratio({ measured, limit }: Finding): number {
  if (typeof limit !== 'number') return 0;
  return typeof measured === 'number' ? measured / limit : measured === undefined ? 0 : Number.POSITIVE_INFINITY;
}
