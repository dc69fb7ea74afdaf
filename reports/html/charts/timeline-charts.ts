import type { ApiLatency, PodStateName, Timeline, Window } from '../../recording.ts';
import type { Measures } from '../../result.ts';
import { duration, grouped, plural } from '../../words.ts';
import type { Html } from '../template.ts';
import { chart } from './chart.ts';
import { barsPath, layerPath, linePath, stepPath } from './paths.ts';
import { countScale, latency, latencyScale, linearScale, type Scale } from './scale.ts';

/** From the bottom of the stack to its top. */
const STATES: PodStateName[] = ['succeeded', 'running', 'waiting', 'failed'];
/** Classes of requests that get a chart, the slowest first; the others are in the table of measures. */
const CLASSES = 6;

export function timelineCharts(t: Timeline, m: Measures, time: Scale): Html[] {
  const shaded = t.windows.filter((w) => w.kind !== 'outage');
  const slowest = t.api.toSorted((a, b) => worst(b) - worst(a)).slice(0, CLASSES);
  return [
    ...(m.podsRequested === null &&
    Object.values(t.pods)
      .flat()
      .every((n) => n === 0)
      ? []
      : [pods(t, m, time, shaded)]),
    replicas(t, m, time, shaded),
    refusals(t, m, time, shaded),
    ...slowest.map((api) => latencies(api, t.api.indexOf(api), m, time, shaded)),
  ];
}

function pods({ pods: counts, step }: Timeline, m: Measures, time: Scale, windows: Window[]): Html {
  const layers: number[][] = [counts.waiting.map(() => 0)];
  for (const state of STATES) layers.push(counts[state].map((n, i) => n + layers.at(-1)![i]!));
  const max = Math.max(1, m.podsRequested ?? 0, ...layers.at(-1)!);
  const y = linearScale(max);
  const most = Math.max(0, ...counts.waiting);
  const done = Math.max(0, ...counts.succeeded);
  const of = m.podsRequested === null ? '' : ` of ${grouped(m.podsRequested)}`;
  return chart({
    id: 'pods',
    title: 'Encoding pods',
    summary: `${grouped(done)}${of} succeeded; at most ${grouped(most)} waited at once.`,
    series: STATES.toReversed().map((key) => ({ key, name: key })),
    height: 170,
    time,
    y,
    shapes: STATES.map((key, i) => ({
      key,
      as: 'area',
      path: Math.max(0, ...counts[key]) === 0 ? '' : layerPath(layers[i]!, layers[i + 1]!, step, time, y),
    })),
    windows,
  });
}

function replicas({ replicas: r, end }: Timeline, m: Measures, time: Scale, windows: Window[]): Html {
  const y = countScale(Math.max(1, ...r.ready));
  const away = m.gatekeeperOutageSeconds;
  const said =
    away === null
      ? 'How long none was ready was not measured.'
      : away === 0
        ? 'One was ready all along.'
        : `None was ready for ${duration(away)}.`;
  return chart({
    id: 'replicas',
    title: 'Gatekeeper replicas ready',
    summary: r.blind === undefined ? said : `Not to be trusted: ${r.blind}.`,
    series: [{ key: 'ready', name: 'ready' }],
    height: 84,
    time,
    y,
    shapes: [
      { key: 'ready', as: 'area', path: stepPath(r.t, r.ready, end, time, y, true) },
      { key: 'ready', as: 'line', path: stepPath(r.t, r.ready, end, time, y) },
    ],
    windows,
  });
}

function refusals({ refusals: r }: Timeline, m: Measures, time: Scale, windows: Window[]): Html {
  const max = Math.max(0, ...r.perSecond);
  const y = max > 0 && max < 1 ? linearScale(max) : countScale(Math.ceil(max));
  const peak = r.perSecond.indexOf(max) * r.step;
  const all =
    m.refusedRequests === null
      ? 'Nobody asked for anything that could have been refused.'
      : `${plural(m.refusedRequests, 'request')} refused because no gatekeeper answered`;
  return chart({
    id: 'refusals',
    title: 'Refusals per second',
    summary:
      m.refusedRequests === null
        ? all
        : max > 0
          ? `${all}; most at ${duration(peak)}, ${grouped(max)} per second.`
          : `${all}.`,
    series: [{ key: 'refused', name: 'refused' }],
    height: 84,
    time,
    y,
    shapes: [{ key: 'refused', as: 'area', path: barsPath(r.perSecond, r.step, time, y) }],
    windows,
  });
}

function latencies(api: ApiLatency, index: number, m: Measures, time: Scale, windows: Window[]): Html {
  const y = latencyScale([...api.p50, ...api.p99].filter((v) => v !== null));
  const all = m.api[api.class];
  const timeouts =
    all === undefined || all.timeouts === 0 ? '' : `; ${plural(all.timeouts, 'request')} got no answer in time`;
  return chart({
    id: `api-${index}`,
    title: `API latency: ${api.class}`,
    summary:
      all === undefined
        ? ''
        : `Over the run p50 ${latency(all.p50)}, p99 ${latency(all.p99)}, slowest ${latency(all.max)}${timeouts}.`,
    series: (['p99', 'p95', 'p50'] as const).map((key) => ({ key, name: key })),
    height: 100,
    time,
    y,
    shapes: (['p50', 'p95', 'p99'] as const).map((key) => ({
      key,
      as: 'line',
      path: linePath(api[key], api.step, time, y),
    })),
    windows,
  });
}

function worst({ p99 }: ApiLatency): number {
  return p99.reduce<number>((max, v) => Math.max(max, v ?? 0), 0);
}
