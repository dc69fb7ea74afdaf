import type { Scorecard, TimelineLine } from '../../reports/gameday/scorecard.ts';
import type { JournalEvent } from '../journal/events.ts';
import { isChange } from './changes.ts';
import { type Clocks, clocks, falseAlarms } from './clocks.ts';
import { Dashboard } from './dashboard.ts';
import { exposed } from './exposure.ts';
import { auditBlind, partsOf } from './points.ts';
import { GameDayRecord } from './record.ts';
import type { Scenario } from './scenario.ts';
import { timelineOf } from './timeline.ts';
import { wrongTurns } from './wrong-turns.ts';

/** Scores a finished journal. Nothing here talks to a cluster: the same journal gives the same card. */
export function scoreJournal(events: Iterable<JournalEvent>, scenario: Scenario): Scorecard {
  const record = new GameDayRecord();
  const dashboard = new Dashboard(scenario.staleSeconds);
  for (const event of events) {
    record.see(event);
    dashboard.see(event);
  }
  return score(record, dashboard, scenario);
}

/** The score of what has been seen so far; it is final when the record is. */
export function score(record: GameDayRecord, dashboard: Dashboard, scenario: Scenario): Scorecard {
  const c = clocks(record, scenario.cause);
  const parts = partsOf(record, scenario, c);
  const hints = hintsOf(record, scenario);
  const e = exposed(record, c);
  const blind = auditBlind(record, c);
  const known = parts.reduce((sum, p) => sum + (p.points ?? 0), 0);
  const since = record.started?.t ?? record.end;
  const to = record.steps.findLast((s) => s.op === 'ended')?.t ?? record.ended?.t ?? record.end;
  return {
    schemaVersion: 1,
    sessionId: record.run?.runId ?? '',
    scenario: scenario.name,
    title: scenario.title,
    facts: scenario.facts,
    profile: record.run?.profile ?? '',
    seed: record.run?.seed ?? 0,
    startedAt: record.started?.at ?? record.run?.at ?? '',
    durationSeconds: to - since,
    pausedSeconds: to - since - record.active(since, to),
    cluster: clusterOf(record),
    ended: endOf(record),
    ...verdictOf(c),
    points: Math.max(0, Math.round((known - hints.reduce((sum, h) => sum + h.price, 0)) * 10) / 10),
    outOf: parts.reduce((sum, p) => sum + p.outOf, 0),
    notKnown: parts.filter((p) => p.points === null).map((p) => p.title),
    parts,
    hints,
    guesses: guessesOf(record, scenario),
    cause: scenario.causes.find(({ id }) => id === scenario.cause) ?? { id: scenario.cause, text: scenario.cause },
    falseAlarms: falseAlarms(record, c).length,
    wrongTurns: blind === undefined ? wrongTurns(record, scenario, c).map((w) => ({ ...w, t: w.t - since })) : null,
    requests: blind === undefined ? requestsOf(record) : null,
    exposure:
      typeof e === 'string'
        ? { seconds: null, admitted: null, left: null }
        : { seconds: e.seconds, admitted: e.admitted, left: e.left },
    dashboards: dashboard.lies
      .filter((lie) => lie.seconds >= 1)
      .map(({ panel, seconds, said }) => ({
        panel,
        liedSeconds: seconds,
        said: String(Math.round(said * 1000) / 1000),
      })),
    timeline: timelineOf(record, scenario, c).map((line): TimelineLine => ({ ...line, t: line.t - since })),
    questions: [...scenario.questions],
  };
}

function verdictOf({ injected, impact, recovered, blind }: Clocks): Pick<Scorecard, 'verdict' | 'because'> {
  if (injected === undefined)
    return { verdict: 'inconclusive', because: 'it ended before anything was done to the cluster' };
  if (blind !== undefined) return { verdict: 'inconclusive', because: blind };
  if (impact === undefined) {
    return {
      verdict: 'inconclusive',
      because: 'no request went wrong: there was nothing to mend, or it ended too early',
    };
  }
  return recovered === undefined
    ? { verdict: 'not-recovered', because: 'at the end good pods were refused, or violating ones admitted' }
    : { verdict: 'recovered', because: 'good pods are admitted again and violating ones refused' };
}

function endOf(record: GameDayRecord): string {
  const step = record.steps.findLast((s) => s.op === 'ended');
  const run = record.ended?.how;
  if (run === 'interrupted' || run === 'error' || run === 'deadline') return run;
  return step?.op === 'ended' ? step.how : 'unknown';
}

function clusterOf({ cluster }: GameDayRecord): Scorecard['cluster'] {
  if (cluster === undefined) return null;
  const { provider, kubernetesVersion, gatekeeper } = cluster;
  return { provider, kubernetesVersion, gatekeeper: `${gatekeeper.name} ${gatekeeper.version}` };
}

function hintsOf(record: GameDayRecord, { hints }: Scenario): Scorecard['hints'] {
  const since = record.started?.t ?? 0;
  return record.steps.flatMap((s) => {
    const hint = s.op === 'hint' ? hints[s.number - 1] : undefined;
    return hint === undefined ? [] : [{ t: s.t - since, by: s.by, ...hint }];
  });
}

function guessesOf(record: GameDayRecord, { causes, cause }: Scenario): Scorecard['guesses'] {
  const since = record.started?.t ?? 0;
  return record.steps.flatMap((s) => {
    if (s.op !== 'diagnosed') return [];
    const text = causes.find(({ id }) => id === s.cause)?.text ?? s.cause;
    return [{ t: s.t - since, by: s.by, cause: s.cause, text, right: s.cause === cause }];
  });
}

function requestsOf(record: GameDayRecord): NonNullable<Scorecard['requests']> {
  const roles = record.started?.roles ?? [];
  return roles.map((actor) => {
    const own = record.audits.filter((a) => a.actor === actor);
    const changes = own.filter(isChange);
    return {
      actor,
      reads: own.length - changes.length,
      changes: changes.length,
      refused: changes.filter((a) => a.code >= 400).length,
    };
  });
}
