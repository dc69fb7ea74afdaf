import { failed, type Sample } from './api-record.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, secs, violated } from './verdicts.ts';
import { span, type Within } from './windows.ts';

/** A user sits behind a gateway that gives up after this many seconds, as the clouds' do (F2). */
const GATEWAY_SECONDS = 60;

export interface FrozenOptions extends Within {
  /** How long nothing must be answered for the system to count as frozen; seconds. */
  forSeconds?: number;
  /** Whether freezing is what is expected. */
  expect?: 'freezes' | 'answers';
}

/**
 * F2: from outside the system looks frozen when no request of any class was answered within the gateway's deadline for
 * a minute. An error is no answer. Measured: the longest time without an answer, in seconds.
 */
export function frozen(
  view: JournalView,
  { forSeconds = 60, expect = 'answers', ...options }: FrozenOptions = {},
): Finding {
  const within = span(view, options);
  if (typeof within === 'string') return inconclusive(within);
  const { from, to, where } = within;
  const series = view.api.series.filter((s) => s.everySeconds !== null);
  if (series.length === 0) return inconclusive('API latency was not sampled');
  const deadline = view.api.gatewayDeadlineSeconds ?? GATEWAY_SECONDS;
  const samples = series.flatMap((s) => s.samples);
  const answered = samples
    .filter((s) => !failed(s) && !s.censored && s.waited < deadline)
    .map((s) => ({ t: s.due + s.waited, seq: s.seq }))
    .filter((a) => a.t >= from && a.t <= to)
    .sort((a, b) => a.t - b.t);
  const quiet = longestPause([...answered, { t: to, seq: 0 }], from);
  const measured = { measured: quiet.to - quiet.from, limit: forSeconds, unit: 's' };
  // Nobody who asked was answered: silence because nobody asked is no freeze.
  const asked = samples.filter((s) => s.due >= quiet.from && s.due < quiet.to);
  const evidence = [...new Set(around(asked))];
  const pause = `from ${secs(quiet.from)} to ${secs(quiet.to)} none of ${asked.length} requests was answered within ${secs(deadline)}`;
  if (measured.measured >= forSeconds) {
    const due = series.filter((s) => (s.everySeconds ?? 0) * 3 <= measured.measured);
    const hidden = due.map((s) => view.api.blind(s, quiet.from, quiet.to)).find((h) => h !== undefined);
    if (hidden !== undefined || due.length === 0) return inconclusive(hidden ?? 'nothing was due', evidence, measured);
    return expect === 'freezes' ? holds(pause, evidence, measured) : violated(pause, evidence, measured);
  }
  // Answers often enough prove that it did not freeze, whatever else was not seen.
  if (answered.length === 0)
    return inconclusive(`nothing was answered${where}, in too short a time`, evidence, measured);
  const never = `never longer than ${secs(measured.measured)} without an answer${where}`;
  return expect === 'freezes'
    ? violated(`it did not freeze: ${never}`, evidence, measured)
    : holds(never, evidence, measured);
}

function longestPause(answers: { t: number; seq: number }[], from: number): { from: number; to: number } {
  let longest = { from, to: from };
  let last = from;
  for (const { t } of answers) {
    if (t - last > longest.to - longest.from) longest = { from: last, to: t };
    last = t;
  }
  return longest;
}

function around(samples: readonly Sample[]): number[] {
  return [...samples.slice(0, 3), ...samples.slice(-3)].map((s) => s.seq);
}
