import type { Picture } from '../../reports/gameday/scorecard.ts';
import type { Window } from '../../reports/recording.ts';
import { JournalView } from '../check/journal-view.ts';
import { measure } from '../check/measures.ts';
import type { JournalEvent } from '../journal/events.ts';
import { recordTimeline } from '../recording/record.ts';
import { clocks } from './clocks.ts';
import { GameDayRecord } from './record.ts';
import type { Scenario } from './scenario.ts';

/**
 * Reads off a journal what the debrief draws.
 * @param read gives the events from the first to the last, each time it is called.
 */
export function pictureOf(read: () => Iterable<JournalEvent>, scenario: Scenario): Picture {
  const record = GameDayRecord.from(read());
  const view = JournalView.from(read());
  const timeline = recordTimeline(read, view);
  // When the trigger ended is not in the journal: the crew took it away, or did not.
  const windows = [
    ...timeline.windows.filter((w) => w.kind === 'outage' || w.kind === 'blind'),
    ...open(record, scenario),
  ];
  return { timeline: { ...timeline, windows }, measures: measure(view), startedSeconds: record.started?.t ?? 0 };
}

/** From mitigation to recovery pods are admitted, good or bad. */
function open(record: GameDayRecord, scenario: Scenario): Window[] {
  const { mitigated, recovered, blind } = clocks(record, scenario.cause);
  if (mitigated === undefined || blind !== undefined) return [];
  const to = recovered?.t ?? record.end;
  return to - mitigated.t < 1
    ? []
    : [{ kind: 'exposure', what: 'pods are admitted, good or bad', from: mitigated.t, to }];
}
