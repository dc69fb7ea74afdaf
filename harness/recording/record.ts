import type { Recording, Timeline } from '../../reports/recording.ts';
import type { Result } from '../../reports/result.ts';
import { JournalView } from '../check/journal-view.ts';
import type { JournalEvent } from '../journal/events.ts';
import { gateOf } from './gate.ts';
import { niceStep } from './grid.ts';
import { loopOf } from './loop.ts';
import { moments } from './moments.ts';
import { PodCounter } from './pod-counts.ts';
import { apiLatency, refusalRate, replicaSteps } from './rates.ts';
import { windows } from './spans.ts';

/** Lines that one check may bring along; a check of 30,000 pods may cite them all, and nobody reads that many. */
const LINES_PER_CHECK = 40;
const LINES = 800;

/** The charts alone. */
export function recordTimeline(read: () => Iterable<JournalEvent>, view: JournalView): Timeline {
  const step = niceStep(view.end);
  const counter = new PodCounter(view.end, step);
  for (const event of read()) counter.add(event);
  return timelineOf(view, step, counter);
}

function timelineOf(view: JournalView, step: number, counter: PodCounter): Timeline {
  return {
    end: view.end,
    step,
    pods: counter.done(),
    replicas: replicaSteps(view),
    refusals: refusalRate(view),
    api: apiLatency(view),
    windows: windows(view),
  };
}

/**
 * What a report draws of a run. Reads the journal twice, because what to keep of it is known only at its end.
 * @param read gives the events from the first to the last, each time it is called.
 */
export function record(read: () => Iterable<JournalEvent>, result: Result): Recording {
  const view = JournalView.from(read());
  const loop = loopOf(view);
  const found = moments(view);
  const cited = new Set([
    ...found.map((m) => m.seq),
    ...(loop?.links.flatMap((l) => l.evidence) ?? []),
    ...(loop?.cut === undefined ? [] : [loop.cut.seq]),
    ...result.experiments.flatMap((e) => e.checks).flatMap((c) => c.evidence.slice(0, LINES_PER_CHECK)),
  ]);
  const step = niceStep(view.end);
  const counter = new PodCounter(view.end, step);
  const lines: JournalEvent[] = [];
  for (const event of read()) {
    counter.add(event);
    if (cited.has(event.seq) && lines.length < LINES) lines.push(event);
  }
  return {
    timeline: timelineOf(view, step, counter),
    moments: found,
    loop,
    gate: gateOf(view),
    lines,
  };
}
