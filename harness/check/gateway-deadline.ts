import { nameOf, type Sample, type Series } from './api-record.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { few, holds, inconclusive, plural, secs, violated } from './verdicts.ts';
import { span, type Within } from './windows.ts';

/** The status with which a gateway gives up. */
const GATEWAY_TIMEOUT = 504;

/**
 * F2: nothing takes longer than the gateway in front of the API gives it (60 s with the clouds): no 504 of the gateway,
 * and no request straight to the API server that took longer. Measured: the longest wait in seconds.
 */
export function gatewayDeadline(view: JournalView, options: Within = {}): Finding {
  const within = span(view, options);
  if (typeof within === 'string') return inconclusive(within);
  const limit = view.api.gatewayDeadlineSeconds;
  if (limit === undefined) return inconclusive('nothing was sampled through a gateway');
  const { from, to } = within;
  const inside = ({ samples }: Series) => samples.filter((s) => s.due >= from && s.due <= to);
  const late: { name: string; sample: Sample }[] = [];
  let longest = 0;
  for (const series of view.api.series) {
    for (const sample of inside(series)) {
      longest = Math.max(longest, sample.waited);
      const over = series.via === 'gateway' ? sample.code === GATEWAY_TIMEOUT : sample.waited >= limit;
      if (over) late.push({ name: nameOf(series), sample });
    }
  }
  const measured = { measured: longest, limit, unit: 's' };
  if (late.length > 0) {
    const what = few([...new Set(late.map((l) => l.name))]);
    const evidence = late.slice(0, 10).map((l) => l.sample.seq);
    return violated(`${plural(late.length, 'request')} took ${secs(limit)} or longer: ${what}`, evidence, measured);
  }
  // Requests that follow others are as blind as those, and rare ones need not have been due.
  const due = view.api.series.filter((s) => s.everySeconds !== null && s.everySeconds < to - from);
  const hidden = due.map((s) => view.api.blind(s, from, to));
  const reason = due.length === 0 ? 'no request was due in that time' : hidden.find((h) => h !== undefined);
  if (reason !== undefined) return inconclusive(reason, [], measured);
  // Whatever breaks a connection at once says nothing about how long an answer takes.
  const mute = due.find((s) => inside(s).every(({ code }) => code === 0));
  if (mute !== undefined) return inconclusive(`no ${nameOf(mute)} was answered at all`, [], measured);
  // What was open when the sampler stopped may yet have taken long.
  const unfinished = view.api.series.flatMap(inside).filter((s) => s.censored);
  if (unfinished.length > 0) {
    const evidence = unfinished.map((s) => s.seq);
    return inconclusive(`nobody waited for the end of ${plural(unfinished.length, 'request')}`, evidence, measured);
  }
  return holds(`no request waited longer than ${secs(longest)}, the gateway gives it ${secs(limit)}`, [], measured);
}
