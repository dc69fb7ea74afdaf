import type { Timeline } from '../recording.ts';
import type { Measures } from '../result.ts';

/** What a game day came to. Seconds are of the game: pauses do not count. */
export interface Scorecard {
  schemaVersion: 1;
  sessionId: string;
  scenario: string;
  title: string;
  facts: string[];
  profile: string;
  seed: number;
  startedAt: string;
  /** From the crew's start to the end of the session, pauses included. */
  durationSeconds: number;
  pausedSeconds: number;
  cluster: { provider: string; kubernetesVersion: string; gatekeeper: string } | null;
  /** finished, aborted, limit (time was up), interrupted, error, or unknown when the journal just stops. */
  ended: string;
  /** `inconclusive`: nothing broke, or it cannot be told. */
  verdict: 'recovered' | 'not-recovered' | 'inconclusive';
  because: string;
  /** Of `outOf`; hints are taken off. Parts that are not known count nothing, so it is at least this many then. */
  points: number;
  outOf: number;
  /** Titles of the parts that are not known. */
  notKnown: string[];
  parts: Part[];
  hints: { t: number; by: string; text: string; price: number }[];
  guesses: { t: number; by: string; cause: string; text: string; right: boolean }[];
  /** The right cause. */
  cause: { id: string; text: string };
  falseAlarms: number;
  /** Null without an audit log that was in sight. */
  wrongTurns: WrongTurn[] | null;
  /** Requests of each role, from the audit log; null without it. */
  requests: { actor: string; reads: number; changes: number; refused: number }[] | null;
  exposure: { seconds: number | null; admitted: number | null; left: number | null };
  dashboards: { panel: string; liedSeconds: number; said: string }[];
  timeline: TimelineLine[];
  questions: string[];
}

export interface Part {
  name: 'detect' | 'diagnose' | 'mitigate' | 'recover' | 'commands' | 'exposure';
  title: string;
  /** Null: not known. */
  points: number | null;
  outOf: number;
  /** What was timed; null when it did not happen or is not known. */
  seconds: number | null;
  because: string;
  /** Lines of the journal. */
  evidence: number[];
}

/** One thing that was tried and did not help; the same again within a second is the same command. */
export interface WrongTurn {
  t: number;
  seq: number;
  actor: string;
  kind: 'refused' | 'useless';
  what: string;
  code: number;
  times: number;
  because: string;
}

export interface TimelineLine {
  /** Seconds since the crew's start. */
  t: number;
  seq: number;
  who: 'cluster' | 'crew' | 'facilitator';
  what: string;
}

/** What a debrief draws: the charts of a run, shaded with what the crew lived through. Times are of the journal, as the preparation is on them too. */
export interface Picture {
  timeline: Timeline;
  measures: Measures;
  /** When the crew took over. */
  startedSeconds: number;
}
