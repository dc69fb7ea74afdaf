import type { Conclusion, Scalar, Table } from '../../reports/result.ts';
import type { ApiClass, ClientTally } from '../journal/events.ts';
import { failed, quantile, type Sample } from './api-record.ts';
import type { JournalView } from './journal-view.ts';
import { type RampStep, rampSteps, type Tipping, tippings } from './tipping-points.ts';
import { plural, secs, toMs } from './verdicts.ts';

type Cell = Scalar | null;

/** F2: where each limit breaks, and what each phase did to whom; from the samples alone. */
export function apiConclusion(view: JournalView): Conclusion {
  const steps = rampSteps(view);
  const all = tippings(view, steps);
  const reason = view.mark('ramp.ended')?.data?.reason;
  const end =
    reason === undefined || steps.length === 0 ? [] : [`The ramp ended at ${load(steps.at(-1)!)}: ${reason}.`];
  return {
    lines: [...all.map((t) => sentence(t, steps)), ...end],
    tables: [breaks(all, steps), ramp(view, steps), phases(view)],
  };
}

function sentence({ limit, at, finding, unknown }: Tipping, steps: readonly RampStep[]): string {
  const last = steps.at(-1);
  if (unknown !== undefined) return `${limit}: not known, ${unknown}.`;
  if (at === undefined) return `${limit}: not reached up to ${last === undefined ? 'anything' : load(last)}.`;
  const measured = typeof finding?.measured === 'number' ? secs(finding.measured) : String(finding?.measured);
  return `${limit}: breaks at ${load(at)}: ${measured} instead of ${limitOf(finding)}.`;
}

function load({ pods, dashboards, watchers, controllers }: RampStep): string {
  const clients = [plural(dashboards, 'dashboard'), plural(watchers, 'watcher'), plural(controllers, 'controller')];
  return `${plural(pods, 'pod')}, ${clients.join(', ')}`;
}

function limitOf(finding: Tipping['finding']): string {
  return typeof finding?.limit === 'number' ? secs(finding.limit) : 'what is promised';
}

function breaks(all: readonly Tipping[], steps: readonly RampStep[]): Table {
  const upTo = steps.at(-1);
  return {
    title: 'Where each limit breaks',
    columns: ['Limit', 'Promised s', 'Breaks', 'Pods', 'Dashboards', 'Watchers', 'Controllers', 'Measured s'],
    rows: all.map(({ limit, at, finding, unknown }) => {
      const where = at ?? upTo;
      const said = unknown !== undefined ? 'not known' : at === undefined ? 'not reached up to' : 'at';
      return [
        limit,
        finding?.limit ?? null,
        said,
        ...(where === undefined
          ? [null, null, null, null]
          : [where.pods, where.dashboards, where.watchers, where.controllers]),
        finding?.measured ?? null,
      ];
    }),
  };
}

function ramp(view: JournalView, steps: readonly RampStep[]): Table {
  return {
    title: 'The ramp, step by step (seconds)',
    columns: [
      'Pods',
      'Dashboards',
      'Took',
      'get-pod p99',
      'create-configmap p99',
      'dry-run-pod p99',
      'list-page p99',
      'Pod start p99',
      'A dashboard’s slowest list',
      'Lists turned away (429)',
    ],
    rows: steps.map((step) => {
      const told = view.clients.filter((c) => c.t > step.from && c.t <= step.to + 2);
      const lists = told.flatMap((c) => c.asked.dashboard ?? []);
      return [
        step.pods,
        step.dashboards,
        toMs(step.to - step.from),
        ...(['get-pod', 'create-configmap', 'dry-run-pod', 'list-page'] as const).map(
          (name) => waits(view, name, step.from, step.to).p99,
        ),
        measuredOf(step),
        lists.length === 0 ? null : Math.max(...lists.map((l: ClientTally) => l.slowestSeconds)),
        lists.length === 0 ? null : lists.reduce((n: number, l: ClientTally) => n + l.turnedAway, 0),
      ];
    }),
  };
}

function measuredOf(step: RampStep): Cell {
  return step.findings.get('start of a pod, p99')?.measured ?? null;
}

/** While a fault was in place; all of the phase where there was none. */
function phases(view: JournalView): Table {
  const shown = view.phases.filter((p) => p.phase !== 'ramp' && p.phase !== 'steady-state' && p.phase !== 'protect');
  return {
    title: 'Pods and unrelated requests, phase by phase (p50 / p99 of the answered, in seconds; those that failed)',
    columns: [
      'Phase',
      'get-pod',
      'create-configmap',
      'list-page',
      'pods through the gatekeeper',
      'Their failures waited',
    ],
    rows: shown.map(({ phase, from, to }) => {
      const fault = view.faults.filter((f) => f.t >= from && f.t <= to);
      const begin = fault.find((f) => f.op === 'injected')?.t ?? from;
      const end = fault.find((f) => f.op === 'reverted')?.t ?? to;
      const text = (name: ApiClass) => waits(view, name, begin, end).text;
      const refused = samplesOf(view, 'dry-run-pod', begin, end).filter(failed);
      return [
        phase,
        text('get-pod'),
        text('create-configmap'),
        text('list-page'),
        text('dry-run-pod'),
        refused.length === 0 ? null : `${secs(median(refused))} (median of ${refused.length})`,
      ];
    }),
  };
}

function samplesOf(view: JournalView, name: ApiClass, from: number, to: number): Sample[] {
  const series = view.api.series.find((s) => s.class === name && s.via === 'direct');
  return series?.samples.filter((s) => s.due >= from && s.due < to) ?? [];
}

function waits(
  view: JournalView,
  name: ApiClass,
  from: number,
  to: number,
): { p99: number | null; text: string | null } {
  const samples = samplesOf(view, name, from, to);
  if (samples.length === 0) return { p99: null, text: null };
  const sorted = sortedWaits(samples.filter((s) => !failed(s)));
  const errors = samples.length - sorted.length;
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(sorted, share));
  const lost = errors === 0 ? '' : `${errors} of ${samples.length} failed`;
  if (p50 === undefined || p99 === undefined) return { p99: null, text: lost };
  const text = `${p50.toFixed(3)} / ${p99.toFixed(3)}${lost === '' ? '' : `, ${lost}`}`;
  return { p99: toMs(p99), text };
}

function median(samples: readonly Sample[]): number {
  return quantile(sortedWaits(samples), 0.5) ?? Number.NaN;
}

function sortedWaits(samples: readonly Sample[]): Float64Array {
  return Float64Array.from(samples, (s) => s.waited).sort();
}
