import type { ApiLatency, Refusals, ReplicaSteps } from '../../reports/recording.ts';
import { failed, nameOf, quantile } from '../check/api-record.ts';
import type { JournalView } from '../check/journal-view.ts';
import { readiness } from '../check/readiness.ts';
import { refusals } from '../check/refusals.ts';
import { toMs } from '../check/verdicts.ts';
import { intervalOf, niceStep, pointsUntil } from './grid.ts';

/** A rate, or a percentile of a handful of requests, means nothing in less. */
const LEAST_SECONDS = { rate: 1, percentile: 2 };
/** A gatekeeper that flaps for hours; more steps would not be seen. */
const MOST_STEPS = 2000;

export function refusalRate(view: JournalView): Refusals {
  const step = niceStep(view.end, LEAST_SECONDS.rate);
  const counts = new Array<number>(pointsUntil(view.end, step)).fill(0);
  for (const { t, times } of refusals(view)) counts[intervalOf(t, step)]! += times;
  return { step, perSecond: counts.map((n) => toMs(n / step)) };
}

/** As the measures count them: a fast error is no latency, and what nobody waited for any longer took at least that long. */
export function apiLatency(view: JournalView): ApiLatency[] {
  return view.api.series.map((series) => {
    // Two requests an interval, so that those of a slow schedule make a line.
    const step = niceStep(view.end, Math.max(LEAST_SECONDS.percentile, 2 * (series.everySeconds ?? 0)), 240);
    // A request counts where it was due: one that waited 60 s tells of the minute before its answer.
    const intervals = Map.groupBy(
      series.samples.filter((s) => !failed(s)),
      (s) => intervalOf(s.due, step),
    );
    const sorted = Array.from({ length: pointsUntil(view.end, step) }, (_, i) =>
      Float64Array.from(intervals.get(i) ?? [], (s) => s.waited).sort(),
    );
    const at = (share: number) => sorted.map((waits) => toTenthOfMs(quantile(waits, share)));
    return { class: nameOf(series), step, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  });
}

/** Ready gatekeeper replicas; the first of several steps at one moment is of no interest. */
export function replicaSteps(view: JournalView): ReplicaSteps {
  const from = view.phase('steady-state')?.from ?? view.cluster?.t ?? 0;
  const { steps, blind } = readiness(view, from, view.watchedUntil('Pod'));
  const shown = steps.filter((s, i) => steps[i + 1]?.t !== s.t).slice(0, MOST_STEPS);
  return {
    t: shown.map((s) => toMs(s.t)),
    ready: shown.map((s) => s.ready),
    ...(blind === undefined ? {} : { blind }),
  };
}

/** To a tenth of a millisecond: reads of a quiet API server take less than one. */
function toTenthOfMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 1e4) / 1e4;
}
