import type { Clocks } from './clocks.ts';
import type { GameDayRecord } from './record.ts';

const GAP_SECONDS = 5;

export interface Exposed {
  /** Seconds of the game during which a violating pod was admitted. */
  seconds: number;
  admitted: number;
  /** … and still there at the end. */
  left: number;
  evidence: number[];
}

/** What got in from the first trouble on (F15), pauses left out; the reason when that cannot be told. */
export function exposed(record: GameDayRecord, { impact }: Clocks): Exposed | string {
  if (impact === undefined) return 'nothing was wrong';
  const tries = record.probes.filter((p) => p.probe === 'exposure' && p.t >= impact.t);
  const answered = tries.filter((p) => p.answer !== 'error').map((p) => p.t - p.seconds);
  const moments = [impact.t, ...answered.sort((a, b) => a - b)];
  const hole = moments.find((t, i) => i > 0 && t - (moments[i - 1] as number) > GAP_SECONDS);
  if (hole !== undefined || answered.length === 0) return 'the probes that try to get in were not answered all along';
  const blind = record.sight.blind('Pod', impact.t, tries.at(-1)?.t ?? impact.t);
  if (blind !== undefined) return blind;
  const inside = tries.filter((p) => p.answer === 'admitted' && !record.paused(p.t));
  return {
    seconds: openSeconds(record, impact.t),
    admitted: inside.length,
    left: inside.filter((p) => p.object === undefined || !record.gone.has(p.object)).length,
    evidence: inside.slice(0, 20).map((p) => p.seq),
  };
}

/** From the first probe in which a violating pod got in to the next in which it did not, and so on. */
function openSeconds(record: GameDayRecord, from: number): number {
  let open: number | undefined;
  let seconds = 0;
  for (const { t, subject, answer } of record.probes) {
    if (t < from || subject !== 'violating' || answer === 'error') continue;
    if (answer === 'admitted') open ??= t;
    else if (open !== undefined) {
      seconds += record.active(open, t);
      open = undefined;
    }
  }
  return open === undefined ? seconds : seconds + record.active(open, record.end);
}
