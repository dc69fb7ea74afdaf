import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { deathOf, endOf } from './lie-seconds.ts';
import { toleranceOf } from './lies.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

export interface AlertOptions {
  server: string;
  alert: string;
  setup: string;
}

/** What one alert did after the source of a set-up was gone; seconds of the run, from that death. */
export interface AlertLife {
  server: string;
  alert: string;
  setup: string;
  /** It fired before, so it tells nothing of this. */
  already: boolean;
  fired: number | undefined;
  /** It stopped although nothing was repaired. */
  resolved: number | undefined;
  watched: number;
  evidence: number[];
}

/** The life of an alert; the reason when nothing can be said of it. */
export function alertLife(view: JournalView, { server, alert, setup }: AlertOptions): AlertLife | string {
  const broke = view.metrics.broken(server);
  if (broke !== undefined) return `Prometheus ${server} ended at ${secs(broke.t)}: ${broke.reason}`;
  const rules = view.metrics.rules(server);
  if (rules === undefined) return `${server} was never asked for its rules`;
  if (rules.reason !== undefined) return rules.reason;
  const mine = rules.rules.filter((r) => r.alert === alert);
  if (mine.length === 0) return `${server} has no alert "${alert}"`;
  const sick = mine.find((r) => r.health !== 'ok');
  if (sick !== undefined) return `${server} could not evaluate ${alert}: ${sick.error ?? sick.health}`;
  const claims = view.metrics.claims.filter((c) => c.server === server);
  const failed = claims.find((c) => c.what === 'alert' && c.reason !== undefined);
  if (failed?.reason !== undefined) return failed.reason;
  // A set-up's panels and its alerts were asked for over the same time.
  const until = Math.max(0, ...claims.filter((c) => c.values.length > 0).map(endOf));
  const death = deathOf(view, setup, until);
  if (typeof death === 'string') return death;
  const claim = claims.find((c) => c.what === 'alert' && c.alert === alert && (c.setup ?? setup) === setup);
  const base = { server, alert, setup, watched: until - death.t };
  const evidence = [death.seq, rules.seq];
  if (claim === undefined) return { ...base, already: false, fired: undefined, resolved: undefined, evidence };
  const { from, step, values, seq } = claim;
  const first = Math.max(0, Math.ceil((death.t - from) / step));
  const after = values.slice(first);
  const at = (i: number) => (i < 0 ? undefined : from + step * (first + i) - death.t);
  const begins = after.findIndex((v) => v !== null);
  const ends = begins < 0 ? -1 : after.findIndex((v, i) => i > begins && v === null);
  const already = first > 0 && values[first - 1] !== null && begins === 0;
  return { ...base, already, fired: at(begins), resolved: at(ends), evidence: [...evidence, seq] };
}

/** F3: an alert fires in time; `withinSeconds` are those of the incident. Measured: seconds of the run until it fired. */
export function fires(view: JournalView, options: AlertOptions & { withinSeconds: number }): Finding {
  const found = known(view, options);
  if ('verdict' in found) return found;
  const { fired, watched, evidence } = found;
  const limit = options.withinSeconds / (view.metrics.started?.timeScale ?? 1);
  const most = limit + toleranceOf(view);
  const name = nameOf(found);
  const measured = { measured: fired ?? 'never', limit, unit: 's' };
  if (fired !== undefined && fired <= most) return holds(`${name} fired after ${secs(fired)}`, evidence, measured);
  if (watched < most) return inconclusive(`${name} was watched for ${secs(watched)} only`, evidence);
  const how = fired === undefined ? `did not fire in ${secs(watched)}` : `fired only after ${secs(fired)}`;
  return violated(`${name} ${how}, ${secs(limit)} expected`, evidence, measured);
}

/** F3, F5: an alert that should have told does not fire at all. Measured: seconds of the run that it was watched for. */
export function staysQuiet(view: JournalView, options: AlertOptions): Finding {
  const found = known(view, options);
  if ('verdict' in found) return found;
  const { fired, watched, evidence } = found;
  const measured = { measured: fired ?? watched, unit: 's' };
  if (fired !== undefined) return violated(`${nameOf(found)} fired after ${secs(fired)}`, evidence, measured);
  const { started } = view.metrics;
  const held = Math.max(0, ...(started?.servers.map((s) => s.lookbackSeconds) ?? []));
  if (watched < held) return inconclusive(`${nameOf(found)} was watched for ${secs(watched)} only`, evidence);
  return holds(`${nameOf(found)} said nothing for ${secs(watched)}`, evidence, measured);
}

/** F4: an alert fires, and resolves itself while everything is still broken. Measured: seconds of the run until it did. */
export function resolvesItself(view: JournalView, options: AlertOptions): Finding {
  const found = known(view, options);
  if ('verdict' in found) return found;
  const { fired, resolved, watched, evidence } = found;
  const name = nameOf(found);
  if (fired === undefined) return violated(`${name} never fired`, evidence, { measured: watched, unit: 's' });
  if (resolved === undefined) return violated(`${name} fired after ${secs(fired)} and went on`, evidence);
  const because = `${name} fired after ${secs(fired)} and resolved itself after ${secs(resolved)}, with nothing repaired`;
  return holds(because, evidence, { measured: resolved, unit: 's' });
}

function known(view: JournalView, options: AlertOptions): AlertLife | Finding {
  if (view.metrics.started === undefined) return neverReached(view, 'metrics.started');
  const found = alertLife(view, options);
  if (typeof found === 'string') return inconclusive(found);
  if (found.already) return inconclusive(`${nameOf(found)} fired before its source was gone`, found.evidence);
  return found;
}

function nameOf({ server, alert, setup }: AlertOptions): string {
  return `${alert} for ${setup} on ${server}`;
}
