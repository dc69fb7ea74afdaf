import type { Part } from '../../reports/gameday/scorecard.ts';
import type { Clocks, Moment } from './clocks.ts';
import { type Exposed, exposed } from './exposure.ts';
import type { GameDayRecord } from './record.ts';
import type { Par, Scenario } from './scenario.ts';
import { wrongTurns } from './wrong-turns.ts';

/** Most points of each part; together 100. */
const OUT_OF = { detect: 20, diagnose: 20, mitigate: 20, recover: 20, commands: 10, exposure: 10 };
/** Each wrong turn costs this many. */
const WRONG_TURN = 2;

const TITLES: Record<Part['name'], string> = {
  detect: 'Time to detect',
  diagnose: 'Time to diagnose',
  mitigate: 'Time to mitigate',
  recover: 'Time to recover',
  commands: 'Wrong turns',
  exposure: 'Exposure caused',
};

/** Why the audit log says nothing about the time from the first fault on; undefined when it was whole. */
export function auditBlind(record: GameDayRecord, { injected }: Clocks): string | undefined {
  // To the end of time: a gap that was noticed at the very end says that the log stopped some time before.
  return record.sight.blind('Audit', injected?.t ?? record.end, Number.POSITIVE_INFINITY);
}

/** What each part of the score comes to. A part that was not in sight has no points, full or otherwise. */
export function partsOf(record: GameDayRecord, scenario: Scenario, c: Clocks): Part[] {
  return [
    clock('detect', record, scenario, c, c.detected, 'nobody acknowledged it'),
    clock('diagnose', record, scenario, c, c.diagnosed, 'nobody named the right cause'),
    clock('mitigate', record, scenario, c, c.mitigated, 'good pods are still refused'),
    clock('recover', record, scenario, c, c.recovered, 'the policies are not in force again'),
    commands(record, scenario, c),
    exposurePart(record, scenario, c),
  ];
}

function part(name: Part['name'], points: number | null, because: string, more: Partial<Part> = {}): Part {
  const rounded = points === null ? null : Math.round(points * 10) / 10;
  return {
    name,
    title: TITLES[name],
    points: rounded,
    outOf: OUT_OF[name],
    seconds: null,
    because,
    evidence: [],
    ...more,
  };
}

function clock(
  name: 'detect' | 'diagnose' | 'mitigate' | 'recover',
  record: GameDayRecord,
  { pars }: Scenario,
  { impact, blind }: Clocks,
  reached: Moment | undefined,
  missed: string,
): Part {
  if (impact === undefined)
    return part(name, null, blind ?? 'nothing went wrong, so there was nothing to find or to mend');
  const seen = name === 'detect' || name === 'diagnose';
  if (!seen && blind !== undefined) return part(name, null, blind, { evidence: [impact.seq] });
  if (reached === undefined) return part(name, 0, missed, { evidence: [impact.seq] });
  const seconds = record.active(impact.t, Math.max(impact.t, reached.t));
  const par = pars[name];
  const points = OUT_OF[name] * share(seconds, par);
  const because = `${round(seconds)} s after the first refusal; full points up to ${par.full} s, none from ${par.none} s on`;
  return part(name, points, because, { seconds, evidence: [impact.seq, reached.seq] });
}

/** A crew that touched nothing made no mistake, and earns nothing for it. */
const NOTHING_MENDED = 'nothing was mended, so there is no credit for having done no harm';

function commands(record: GameDayRecord, scenario: Scenario, c: Clocks): Part {
  const blind = auditBlind(record, c);
  if (blind !== undefined) return part('commands', null, blind);
  const turns = wrongTurns(record, scenario, c);
  const evidence = turns.map((w) => w.seq);
  if (c.impact === undefined) return part('commands', null, 'nothing went wrong');
  if (c.mitigated === undefined) return part('commands', 0, NOTHING_MENDED, { evidence });
  const refused = turns.filter((w) => w.kind === 'refused').length;
  const because =
    turns.length === 0
      ? 'no change was refused or useless'
      : `${turns.length} in all, ${refused} of them refused; each costs ${WRONG_TURN} points`;
  return part('commands', Math.max(0, OUT_OF.commands - WRONG_TURN * turns.length), because, { evidence });
}

function exposurePart(record: GameDayRecord, scenario: Scenario, c: Clocks): Part {
  const e = exposed(record, c);
  if (typeof e === 'string') return part('exposure', null, e);
  const { seconds, evidence } = e;
  if (c.mitigated === undefined) return part('exposure', 0, NOTHING_MENDED, { seconds, evidence });
  const par = scenario.pars.exposure;
  return part('exposure', OUT_OF.exposure * share(seconds, par), exposureSentence(e, par), { seconds, evidence });
}

function exposureSentence({ seconds, admitted, left }: Exposed, par: Par): string {
  const open = `nothing was enforced for ${round(seconds)} s: ${admitted} forbidden pods got in, ${left} still there`;
  return `${open}; full points up to ${par.full} s, none from ${par.none} s on`;
}

function share(seconds: number, { full, none }: Par): number {
  return Math.min(1, Math.max(0, (none - seconds) / (none - full)));
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
