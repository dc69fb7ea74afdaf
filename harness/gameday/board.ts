import type { JournalEvent } from '../journal/events.ts';
import { clocks } from './clocks.ts';
import { Dashboard, type Panel } from './dashboard.ts';
import { GameDayRecord } from './record.ts';
import type { Scenario } from './scenario.ts';
import type { Due } from './schedule.ts';
import { score } from './score.ts';

/** Points of a panel's history: five minutes at one a second. */
const HISTORY = 300;
const LINES = 80;

/** Who looks at a live page. */
export type Audience = 'facilitator' | 'participant';

/** What the crew may see: what their dashboards show, and what they did themselves. */
export interface ParticipantView {
  audience: 'participant';
  title: string;
  briefing: string;
  seconds: number;
  paused: boolean;
  ended: boolean;
  panels: { name: string; unit: string; value: number | null; history: (number | null)[] }[];
  roles: { identity: string; title: string }[];
  causes: { id: string; text: string }[];
  acknowledged: string[];
  said: string[];
  hints: string[];
  /** Points; null when there are no more hints. */
  nextHint: number | null;
}

/** All of it. */
export interface FacilitatorView extends Omit<ParticipantView, 'audience' | 'panels'> {
  audience: 'facilitator';
  plan: { name: string; describe: string; at: number; done: boolean }[];
  clocks: { name: string; t: number | null }[];
  panels: {
    name: string;
    unit: string;
    shown: number | null;
    truth: number | null;
    lie: boolean;
    history: (number | null)[];
  }[];
  refused: number;
  slippedIn: number;
  cause: string;
  points: number;
  outOf: number;
  parts: { title: string; points: number | null; outOf: number; because: string }[];
  wrongTurns: { t: number; text: string }[] | null;
  timeline: { t: number; who: string; what: string }[];
}

/** The state of a session, read off its journal as it is written, and what each audience may see of it. */
export class Board {
  readonly record = new GameDayRecord();
  readonly dashboard: Dashboard;
  readonly #scenario: Scenario;
  readonly #plan: readonly Due[];
  readonly #now: () => number;
  readonly #shown = new Map<string, (number | null)[]>();
  readonly #truth = new Map<string, (number | null)[]>();

  constructor(scenario: Scenario, plan: readonly Due[], now: () => number) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#now = now;
    this.dashboard = new Dashboard(scenario.staleSeconds);
  }

  see(event: JournalEvent): void {
    this.record.see(event);
    this.dashboard.see(event);
  }

  /** Seconds of the game so far, pauses left out. */
  get seconds(): number {
    const started = this.record.started?.t;
    return started === undefined ? 0 : this.record.active(started, this.#now());
  }

  /** Takes one point of every panel's history; called once a second. */
  tick(): void {
    for (const { name, shown, truth } of this.dashboard.at(this.#now())) {
      push(this.#shown, name, shown);
      push(this.#truth, name, truth);
    }
  }

  view(audience: Audience): ParticipantView | FacilitatorView {
    return audience === 'facilitator' ? this.#facilitator() : this.#participant();
  }

  #participant(): ParticipantView {
    const panels = this.#panels().map(({ name, unit, shown }) => ({
      name,
      unit,
      value: shown,
      history: this.#shown.get(name) ?? [],
    }));
    return { audience: 'participant', ...this.#common(), panels };
  }

  #facilitator(): FacilitatorView {
    const since = this.record.started?.t ?? this.#now();
    const c = clocks(this.record, this.#scenario.cause);
    const card = score(this.record, this.dashboard, this.#scenario);
    const { live } = this.dashboard;
    const clock = (name: string, at: { t: number } | undefined) => ({
      name,
      t: at === undefined ? null : at.t - since,
    });
    return {
      audience: 'facilitator',
      ...this.#common(),
      plan: this.#plan.map(({ step, at }) => ({
        name: step.name,
        describe: step.describe,
        at,
        done: this.record.done.has(step.name),
      })),
      clocks: [
        clock('first fault', c.injected),
        clock('first request goes wrong', c.impact),
        clock('acknowledged', c.detected),
        clock('right cause named', c.diagnosed),
        clock('mitigated', c.mitigated),
        clock('recovered', c.recovered),
      ],
      panels: this.#panels().map((p) => ({
        ...p,
        lie: p.shown !== p.truth,
        history: this.#truth.get(p.name) ?? [],
      })),
      refused: live.refusals,
      slippedIn: live.violatingAdmitted,
      cause: card.cause.text,
      points: card.points,
      outOf: card.outOf,
      parts: card.parts.map(({ title, points, outOf, because }) => ({ title, points, outOf, because })),
      wrongTurns:
        card.wrongTurns?.map((w) => ({ t: w.t, text: `${w.actor}: ${w.what}, ${w.kind} (${w.code}): ${w.because}` })) ??
        null,
      timeline: card.timeline.slice(-LINES).map(({ t, who, what }) => ({ t, who, what })),
    };
  }

  #common(): Omit<ParticipantView, 'audience' | 'panels'> {
    const { title, briefing, roles, causes, hints } = this.#scenario;
    const { steps } = this.record;
    const given = steps.filter((s) => s.op === 'hint').length;
    const text = (id: string) => causes.find((c) => c.id === id)?.text ?? id;
    return {
      title,
      briefing,
      seconds: this.seconds,
      paused: this.record.paused(this.#now()),
      ended: steps.some((s) => s.op === 'ended') || this.record.ended !== undefined,
      roles: roles.map(({ identity, title: is }) => ({ identity, title: is })),
      causes: causes.map((c) => ({ id: c.id, text: c.text })),
      acknowledged: steps.flatMap((s) => (s.op === 'acknowledged' ? [s.by] : [])),
      said: steps.flatMap((s) => (s.op === 'diagnosed' ? [`${s.by}: ${text(s.cause)}`] : [])),
      hints: hints.slice(0, given).map((h) => h.text),
      nextHint: hints[given]?.price ?? null,
    };
  }

  #panels(): Panel[] {
    return this.dashboard.at(this.#now());
  }
}

function push(map: Map<string, (number | null)[]>, name: string, value: number | null): void {
  const history = map.get(name) ?? [];
  history.push(value);
  if (history.length > HISTORY) history.shift();
  map.set(name, history);
}
