import type { ApiClassMeasure, Measures } from '../../reports/result.ts';
import { failed, nameOf, quantile, type Sample } from './api-record.ts';
import type { JournalView } from './journal-view.ts';
import { loopDelayOf } from './loop-delay.ts';

/** Latency per class and route, over the run and per phase; what the sampler and the gateway cost. */
export function apiMeasures(view: JournalView): Pick<Measures, 'api' | 'apiByPhase' | 'sampler'> {
  return {
    api: classes(view, 0, Number.POSITIVE_INFINITY),
    apiByPhase: Object.fromEntries(
      view.phases
        .map(({ phase, from, to }) => [phase, classes(view, from, to)] as const)
        .filter(([, c]) => Object.keys(c).length > 0),
    ),
    sampler: cost(view),
  };
}

function classes(view: JournalView, from: number, to: number): Record<string, ApiClassMeasure> {
  const found: [string, ApiClassMeasure][] = [];
  for (const series of view.api.series) {
    const samples = series.samples.filter((s) => s.due >= from && s.due < to);
    if (samples.length > 0) found.push([nameOf(series), classMeasure(samples)]);
  }
  return Object.fromEntries(found);
}

/**
 * What was answered with success, and what nobody waited for any longer (with the time that it was waited for, which is
 * too low). A fast error is no latency: it is only counted.
 */
function classMeasure(samples: readonly Sample[]): ApiClassMeasure {
  const waits = Float64Array.from(samples.filter((s) => !failed(s)).map((s) => s.waited)).sort();
  const at = (share: number) => quantile(waits, share) ?? null;
  return {
    count: samples.length,
    errors: samples.filter(failed).length,
    timeouts: samples.filter((s) => s.censored).length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: waits.at(-1) ?? null,
  };
}

function cost(view: JournalView): Measures['sampler'] {
  const { health } = view.api;
  const own = health.filter((h) => h.part === 'sampler');
  const gateway = health.filter((h) => h.part === 'gateway');
  if (own.length === 0) return null;
  return {
    cpuSeconds: own.at(-1)?.cpuSeconds ?? 0,
    gatewayCpuSeconds: gateway.at(-1)?.cpuSeconds ?? null,
    ...loopDelayOf(own),
    latenessP99: Math.max(...own.map((h) => h.latenessP99 ?? 0)),
    realTime: own.at(-1)?.realTime ?? false,
  };
}
