import type { TimelineLine } from '../../reports/gameday/scorecard.ts';
import { changesOf, spelled } from './changes.ts';
import type { Clocks } from './clocks.ts';
import type { GameDayRecord, Seen } from './record.ts';
import type { Scenario } from './scenario.ts';

/** Everything worth telling in a debrief, oldest first; times in seconds of the run. */
export function timelineOf(record: GameDayRecord, scenario: Scenario, c: Clocks): TimelineLine[] {
  const since = record.started?.t ?? 0;
  const line = (who: TimelineLine['who'], at: { t: number; seq: number } | undefined, what: string): TimelineLine[] =>
    at === undefined ? [] : [{ t: at.t, seq: at.seq, who, what }];
  return [
    ...record.faults.flatMap((f) =>
      line('facilitator', f, `${f.op === 'injected' ? 'injected' : 'reverted'}: ${f.describe}`),
    ),
    ...record.moments.flatMap((m) => line('cluster', m, m.what)),
    ...line('cluster', c.impact, 'the first request goes wrong'),
    ...line('cluster', c.mitigated, 'good pods are admitted again'),
    ...line('cluster', c.recovered, 'the policies are in force again'),
    ...record.steps.flatMap((s) =>
      line(s.by === 'facilitator' || s.by === 'falldown' ? 'facilitator' : 'crew', s, said(s, scenario)),
    ),
    ...changesOf(record).flatMap(({ request: a, times }) => {
      const often = times > 1 ? `, ${times} times` : '';
      return line('crew', a, `${a.actor}: ${spelled(a)}${often}: ${a.code < 400 ? 'done' : 'refused'} (${a.code})`);
    }),
  ]
    .filter(({ t }) => t >= since)
    .sort((a, b) => a.t - b.t || a.seq - b.seq);
}

function said(step: Seen<GameDayRecord['steps'][number]>, { causes, cause }: Scenario): string {
  switch (step.op) {
    case 'started':
      return 'the crew takes over';
    case 'acknowledged':
      return `${step.by} acknowledges`;
    case 'diagnosed': {
      const text = causes.find(({ id }) => id === step.cause)?.text ?? step.cause;
      return `${step.by} says: ${text} (${step.cause === cause ? 'right' : 'not it'})`;
    }
    case 'hint':
      return `${step.by} asks for hint ${step.number}`;
    case 'paused':
      return 'a pause begins';
    case 'resumed':
      return 'the pause ends';
    case 'played':
      return `${step.by} runs: kubectl ${step.command}${step.exitCode === 0 ? '' : ` (exit code ${step.exitCode})`}`;
    case 'ended':
      return { finished: 'the session is finished', aborted: 'the session is aborted', limit: 'time is up' }[step.how];
  }
}
