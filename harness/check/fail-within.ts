import type { ApiClass } from '../journal/events.ts';
import { failed, nameOf } from './api-record.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, plural, secs, violated } from './verdicts.ts';
import { span, type Within } from './windows.ts';

export interface FailWithinOptions extends Within {
  class: ApiClass;
  seconds: number;
}

/**
 * F2: what cannot be answered is refused soon: while requests of a class fail, none of it waits for longer. Measured: the
 * longest wait in seconds.
 */
export function failWithin(view: JournalView, { class: name, seconds, ...options }: FailWithinOptions): Finding {
  const within = span(view, options);
  if (typeof within === 'string') return inconclusive(within);
  const { from, to, where } = within;
  const series = view.api.series.find((s) => s.class === name && s.via === 'direct');
  if (series === undefined) return inconclusive(`${name} was not sampled`);
  const samples = series.samples.filter((s) => s.due >= from && s.due <= to).sort((a, b) => b.waited - a.waited);
  const [longest] = samples;
  const refused = samples.filter(failed);
  const evidence = samples.slice(0, 5).map((s) => s.seq);
  const measured = { measured: longest?.waited ?? 0, limit: seconds, unit: 's' };
  if (longest !== undefined && longest.waited > seconds) {
    const text = `a ${nameOf(series)} waited for ${secs(longest.waited)}, ${secs(seconds)} are allowed`;
    return violated(`${text}${where}`, evidence, measured);
  }
  const hidden = view.api.blind(series, from, to);
  if (hidden !== undefined) return inconclusive(hidden, evidence);
  if (samples.some((s) => s.censored)) return inconclusive(`nobody waited for the end of some of ${name}`, evidence);
  if (refused.length === 0)
    return inconclusive(`no ${name} failed${where}, so there was nothing to wait for`, evidence);
  const count = `${refused.length} of ${plural(samples.length, name)}`;
  return holds(`${count} failed${where}, none after more than ${secs(measured.measured)}`, evidence, measured);
}
