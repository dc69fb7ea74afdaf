import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { type Lie, liesOf, type Unknown } from './lie-seconds.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';

/** Two scrapes of the same value differ by this much; seconds of the run. */
const TOLERANCE_SECONDS = 2;
const TOLERANCE_SCRAPES = 1.5;

export interface LieOptions {
  /** A server of the run: as-it-was, half-fixed, fixed, yours. */
  server: string;
  setup: string;
  /** The panel with the value, or the one with `up`. */
  what?: 'value' | 'up';
}

/**
 * F4: a panel goes on showing the last known state for this long after its source is gone. `forSeconds` are those of the
 * incident, Infinity for a panel that never stops. Measured: lie seconds, of the run.
 */
export function lies(view: JournalView, options: LieOptions & { forSeconds: number }): Finding {
  const { server, setup, what = 'value', forSeconds } = options;
  const { started } = view.metrics;
  if (started === undefined) return neverReached(view, 'metrics.started');
  const found = liesOf(view).find((l) => l.server === server && l.setup === setup && l.what === what);
  if (found === undefined) return inconclusive(`${server} was never asked for ${what} of ${setup}`, [started.seq]);
  if ('reason' in found) return inconclusive(found.reason, [started.seq]);
  const { seconds, open, watched, evidence } = found;
  const limit = forSeconds / started.timeScale;
  const measured = { measured: seconds, limit: Number.isFinite(limit) ? limit : 'for ever', unit: 's' };
  const lied = `${named(found)} lied for ${open ? 'all of ' : ''}${secs(seconds)}`;
  if (!Number.isFinite(limit)) {
    return open ? holds(`${lied} that it was watched`, evidence, measured) : violated(lied, evidence, measured);
  }
  const tolerance = toleranceOf(view);
  if (Math.abs(seconds - limit) <= tolerance && !open)
    return holds(`${lied}, ${secs(limit)} expected`, evidence, measured);
  if (open && watched < limit + tolerance)
    return inconclusive(
      `${named(found)} was watched for ${secs(watched)} only, and lied all the time`,
      evidence,
      measured,
    );
  return violated(`${lied}, ${secs(limit)} expected`, evidence, measured);
}

/**
 * F5: no panel of a server lies for longer than this; seconds of the incident. Measured: the longest lie, seconds of the
 * run.
 */
export function tellsTheTruth(
  view: JournalView,
  { server, what, withinSeconds }: { server: string; what?: 'value' | 'up'; withinSeconds: number },
): Finding {
  const { started } = view.metrics;
  if (started === undefined) return neverReached(view, 'metrics.started');
  const all = liesOf(view).filter((l) => l.server === server && l.what === (what ?? l.what));
  const known = all.filter((l): l is Lie => !('reason' in l));
  const limit = withinSeconds / started.timeScale;
  const bad = known.filter((l) => l.seconds > limit + toleranceOf(view));
  const worst = Math.max(0, ...known.map((l) => l.seconds));
  const measured = { measured: worst, limit, unit: 's' };
  const evidence = known.flatMap((l) => l.evidence);
  if (bad.length > 0) {
    const names = few(bad.map((l) => `${l.what} of ${l.setup} ${secs(l.seconds)}`));
    return violated(
      `${plural(bad.length, 'panel')} of ${server} lied for longer than ${secs(limit)}: ${names}`,
      evidence,
      measured,
    );
  }
  const unknown = all.find((l): l is Unknown => 'reason' in l);
  if (unknown !== undefined) return inconclusive(unknown.reason, evidence);
  if (all.length === 0) return inconclusive(`${server} was never asked for anything`, [started.seq]);
  // A panel that was only watched for a short time may have gone on.
  const short = known.find((l) => l.open && l.watched <= limit);
  if (short !== undefined)
    return inconclusive(`${named(short)} was watched for ${secs(short.watched)} only`, evidence, measured);
  return holds(`no panel of ${server} lied for longer than ${secs(worst)}`, evidence, measured);
}

export function toleranceOf(view: JournalView): number {
  return Math.max(TOLERANCE_SECONDS, TOLERANCE_SCRAPES * (view.metrics.started?.scrapeSeconds ?? 0));
}

function named({ server, setup, what }: Lie): string {
  return `${what === 'up' ? '`up`' : 'the value'} of ${setup} on ${server}`;
}
