import { reasonOf } from '../../errors.ts';
import type { MetricClaim } from '../../journal/events.ts';
import type { Journal } from '../../journal/writer.ts';
import type { PrometheusServer } from './prometheus.ts';
import type { Panel } from './setups.ts';

/** Seconds of the run. */
interface Span {
  from: number;
  to: number;
  step: number;
}

const FIRING = 'max by (alertname, setup) (ALERTS{alertstate="firing"})';

/** Writes down what a server showed over a time: its panels, its firing alerts, and whether it could evaluate its rules. */
export async function collectClaims(
  server: PrometheusServer,
  panels: readonly Panel[],
  { from, to, step }: Span,
  journal: Journal,
): Promise<void> {
  const epoch = Date.now() / 1000 - journal.now();
  const [first, last] = [epoch + from, epoch + to];
  const ask = async (base: Pick<MetricClaim, 'what' | 'expr' | 'setup'>): Promise<void> => {
    const claim = { type: 'claim', server: server.name, ...base, from, step } as const;
    try {
      const series = await server.range(base.expr, first, last, step);
      const shown = series.map(({ labels, points }) => ({ labels, values: onGrid(points, first, last, step) }));
      if (base.what !== 'alert') {
        journal.append({ ...claim, values: shown.map(({ values }) => values).reduce(firstOf, []) });
        return;
      }
      for (const { labels, values } of shown) {
        const { alertname: alert = '', setup } = labels;
        journal.append({ ...claim, alert, ...(setup === undefined ? {} : { setup }), values });
      }
    } catch (error) {
      journal.append({ ...claim, values: [], reason: reasonOf(error) });
    }
  };
  for (const panel of panels) await ask(panel);
  await ask({ what: 'alert', expr: FIRING });
  await server.alertRules().then(
    (rules) => journal.append({ type: 'alert-rules', server: server.name, rules }),
    (error) => journal.append({ type: 'alert-rules', server: server.name, rules: [], reason: reasonOf(error) }),
  );
}

/** The values of a range query at each of its steps; null where it has none. */
export function onGrid(points: readonly [number, number][], from: number, to: number, step: number): (number | null)[] {
  const values = new Array<number | null>(Math.floor((to - from) / step + 1e-6) + 1).fill(null);
  for (const [t, value] of points) {
    const i = Math.round((t - from) / step);
    if (i >= 0 && i < values.length) values[i] = value;
  }
  return values;
}

/** Of two series of one panel, what the first one shows, else the second. */
function firstOf(a: (number | null)[], b: (number | null)[]): (number | null)[] {
  return b.map((value, i) => a[i] ?? value);
}
