import type { GameDayRecord, Seen } from './record.ts';

/** A trouble shorter than this, after the way out, is a blip: a new certificate, a rollout; seconds. */
const BLIP_SECONDS = 5;
/** Without an answer for longer than this the probes say nothing; seconds. */
const GAP_SECONDS = 5;

export interface Moment {
  t: number;
  seq: number;
}

/** When what happened. Undefined: it did not happen. */
export interface Clocks {
  /** The first fault. */
  injected: Moment | undefined;
  /** The first request that went wrong after it. */
  impact: Moment | undefined;
  detected: Moment | undefined;
  diagnosed: Moment | undefined;
  /** Good pods are admitted again. */
  mitigated: Moment | undefined;
  /** … and violating ones refused. */
  recovered: Moment | undefined;
  /** Why mitigation and recovery cannot be told. */
  blind: string | undefined;
}

/** Reads the clocks off a record. `cause` is the right one. */
export function clocks(record: GameDayRecord, cause: string): Clocks {
  const since = record.started?.t ?? Number.POSITIVE_INFINITY;
  const injected = record.faults.find((f) => f.op === 'injected' && f.t >= since);
  const none = { impact: undefined, detected: undefined, diagnosed: undefined };
  if (injected === undefined) {
    return { injected, ...none, mitigated: undefined, recovered: undefined, blind: undefined };
  }
  const answers = answersOf(record).filter((a) => a.t >= injected.t);
  const first = answers.find((a) => !a.good);
  const impact = first === undefined ? undefined : { seq: first.seq, t: Math.max(injected.t, first.asked) };
  if (impact === undefined) {
    const blind = holes(record, injected.t, record.end);
    return { injected, ...none, mitigated: undefined, recovered: undefined, blind };
  }
  const [mitigated, recovered] = [endOfTrouble(answers, 'good'), endOfTrouble(answers, 'enforced')];
  const detected = record.steps.find((s) => s.op === 'acknowledged' && s.t >= injected.t);
  const diagnosed = record.steps.find((s) => s.op === 'diagnosed' && s.cause === cause && s.t >= injected.t);
  return {
    injected,
    impact,
    detected,
    diagnosed,
    mitigated,
    recovered,
    blind: holes(record, impact.t, recovered?.t ?? record.end),
  };
}

/** What the last answers about good and violating pods say together. */
interface Answer extends Moment {
  asked: number;
  /** A good pod is admitted. */
  good: boolean;
  /** … and a violating one refused by a policy. */
  enforced: boolean;
}

function answersOf(record: GameDayRecord): Answer[] {
  let good = false;
  let refused = false;
  const probes = record.probes.filter((p) => p.answer !== 'error').map((p) => ({ ...p, asked: p.t - p.seconds }));
  // In the order of asking: a request that hung for the webhook's timeout tells of the time when it was made.
  return probes
    .sort((a, b) => a.asked - b.asked)
    .map(({ seq, t, asked, subject, answer }) => {
      if (subject === 'good') good = answer === 'admitted';
      else refused = answer === 'refused';
      return { seq, t, asked, good, enforced: good && refused };
    });
}

/** The first right answer after the last trouble that was more than a blip; undefined while there is trouble. */
function endOfTrouble(answers: readonly Answer[], what: 'good' | 'enforced'): Moment | undefined {
  let began: number | undefined;
  let end: Moment | undefined;
  let troubled = false;
  for (const answer of answers) {
    if (!answer[what]) began ??= answer.asked;
    else if (began !== undefined) {
      if (end === undefined || answer.t - began >= BLIP_SECONDS) end = { t: answer.t, seq: answer.seq };
      began = undefined;
    }
    troubled = !answer[what];
  }
  return troubled ? undefined : end;
}

/** Why the probes between two moments cannot be trusted; undefined when they can. */
function holes(record: GameDayRecord, from: number, to: number): string | undefined {
  const asked = record.probes
    .filter((p) => p.answer !== 'error')
    .map((p) => p.t - p.seconds)
    .filter((t) => t > from && t < to)
    .sort((a, b) => a - b);
  // What was asked last may still wait for the webhook's timeout.
  const last = record.probes.at(-1)?.t ?? from;
  const moments = [from, ...asked, Math.min(to, last)];
  const at = moments.findIndex((t, i) => i > 0 && t - (moments[i - 1] as number) > GAP_SECONDS);
  if (at < 0) return undefined;
  const hole = (moments[at] as number) - (moments[at - 1] as number);
  return `no probe got an answer for ${hole.toFixed(0)} s`;
}

/** Acknowledgements before anything was wrong. */
export function falseAlarms(record: GameDayRecord, { injected }: Clocks): Seen<unknown>[] {
  return record.steps.filter((s) => s.op === 'acknowledged' && (injected === undefined || s.t < injected.t));
}
