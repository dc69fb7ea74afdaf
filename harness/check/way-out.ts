import type { Mark } from '../journal/events.ts';
import { sum, tallyQueue } from './encoding-queue.ts';
import type { Finding } from './finding.ts';
import { intruders } from './intruders.ts';
import type { JournalView, Line } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';
import { readiness, readyAt } from './readiness.ts';
import { few, holds, inconclusive, neverReached, plural, secs, toMs } from './verdicts.ts';

/** A probe every second; more than this without an answer is a hole in what was watched. */
const MAX_GAP_SECONDS = 5;

/** What came of one way out, read off the journal of its cell. Times are seconds after the path was taken. */
export interface WayOutTaken {
  path: string;
  poke: boolean;
  /** Identity whose request was accepted; undefined when all were refused. */
  by: string | undefined;
  /** What each identity was answered, in order; the message of a refusal is the API server's own. */
  answers: { actor: string; code: number; message: string }[];
  /** The gatekeeper was back and enforced, within the time that was watched. */
  worked: boolean;
  firstPod: number | undefined;
  gatekeeperReady: number | undefined;
  enforcing: number | undefined;
  drained: number | undefined;
  /** From the first violating pod that was let in to the first that a policy refused again, or to the end of the watch. */
  exposure: number;
  /** Violating pods let in meanwhile, whoever made them. */
  violating: PodLife[];
  /** Those still there at the end. */
  left: PodLife[];
  /** Pods of others that nobody could judge: they were gone, or the gatekeeper was. */
  unjudged: string[];
  /** What was waited for in vain, and for how long. */
  missed: { what: string; seconds: number } | undefined;
  segments: { lost: number; repeated: number; pending: number } | undefined;
  evidence: number[];
}

/** Undefined when no path was taken. */
export function wayOutTaken(view: JournalView): WayOutTaken | undefined {
  const taken = view.mark('path.taken');
  if (taken === undefined) return undefined;
  const answered = view.mark('path.answered');
  const after = (mark: Line<Mark> | undefined) => (mark === undefined ? undefined : toMs(mark.t - taken.t));
  const enforcing = view.mark('gate.enforcing');
  const ended = view.mark('watch.ended');
  const end = ended?.t ?? view.end;
  const fresh = [...view.pods()].filter((p) => p.createdInSight && p.first.t >= taken.t);
  const first = fresh.filter((p) => p.role !== undefined).sort((a, b) => a.first.t - b.first.t)[0];
  // Others' pods are audited once, when the gate is closed again: who of them came later was judged on the way in.
  const audited = fresh.filter((p) => p.role === 'violating' || enforcing === undefined || p.first.t <= enforcing.t);
  const { violating, unjudged } = intruders(view, audited);
  const ready = view
    .podsOf('gatekeeper')
    .flatMap((p) => p.seen)
    .filter((s) => s.t >= taken.t && s.op !== 'deleted' && s.state.ready && !s.state.deleting)
    .sort((a, b) => a.t - b.t)[0];
  const waitedFor = String(ended?.data?.waitedFor ?? '');
  const ok = answered?.data?.ok === true;
  return {
    path: String(taken.data?.path),
    poke: taken.data?.poke === true,
    by: ok ? String(answered?.data?.by) : undefined,
    answers: answersTo(view, taken.seq, answered?.seq ?? Number.POSITIVE_INFINITY),
    worked: enforcing !== undefined,
    firstPod: first === undefined ? undefined : toMs(first.first.t - taken.t),
    gatekeeperReady: ready === undefined ? undefined : toMs(ready.t - taken.t),
    enforcing: after(enforcing),
    drained: after(view.mark('queue.drained')),
    exposure: toMs(exposedFor(view, taken.t, end)),
    violating,
    left: violating.filter((p) => p.gone === undefined && !p.last.deleting),
    unjudged,
    missed: waitedFor === '' ? undefined : { what: waitedFor, seconds: Number(ended?.data?.seconds) },
    segments: segmentsOf(view),
    evidence: [taken, answered, enforcing, ended].flatMap((mark) => (mark === undefined ? [] : [mark.seq])),
  };
}

/** The last answer that each identity got between two lines of the journal; the poke comes after them. */
function answersTo(view: JournalView, from: number, to: number): WayOutTaken['answers'] {
  const answers = new Map<string, { actor: string; code: number; message: string }>();
  for (const { seq, actor, code, message } of view.requests) {
    if (seq < from || seq > to || actor.startsWith('node-agent/')) continue;
    const known = answers.get(actor);
    // A path of several requests is told by the one that was refused.
    if (known === undefined || known.code < 400) answers.set(actor, { actor, code, message });
  }
  return [...answers.values()];
}

function exposedFor(view: JournalView, from: number, end: number): number {
  const asked = view.probes
    .filter((p) => p.subject === 'violating')
    .map((p) => ({ t: p.t - p.seconds, answer: p.answer }))
    .filter((p) => p.t >= from && p.t <= end)
    .sort((a, b) => a.t - b.t);
  const first = asked.find((p) => p.answer === 'admitted');
  if (first === undefined) return 0;
  const last = asked.findLast((p) => p.answer === 'admitted')!;
  const shut = asked.find((p) => p.t > last.t && p.answer !== 'admitted' && p.answer !== 'error');
  return (shut?.t ?? end) - first.t;
}

function segmentsOf(view: JournalView): WayOutTaken['segments'] {
  const tally = tallyQueue(view);
  if (tally === undefined) return undefined;
  const gone = tally.jobs.filter(({ history }) => history?.seen.at(-1)?.op === 'deleted');
  const missing = sum(tally.jobs, (j) => j.missing.length) + tally.unqueued;
  const lost = sum(gone, (j) => j.missing.length);
  return { lost, repeated: sum(tally.jobs, (j) => j.repeated.length), pending: missing - lost };
}

/**
 * A cell that started from a deadlock: before the path was taken, both kinds of pod were refused because the webhook did
 * not answer, and no gatekeeper was ready. Never violated: without the deadlock there was nothing to get out of.
 */
export function startedFromDeadlock(view: JournalView): Finding {
  const proven = view.mark('deadlock.proven');
  if (proven === undefined) return neverReached(view, 'deadlock.proven');
  const began = view.mark('cell.began')?.t ?? 0;
  const until = view.mark('path.taken')?.t ?? proven.t;
  const asked = view.probes.filter((p) => p.t - p.seconds >= began && p.t <= until);
  const down = asked.filter((p) => p.answer === 'webhook-down');
  const evidence = [proven.seq, ...down.slice(0, 4).map((p) => p.seq)];
  const otherwise = asked.find((p) => p.answer === 'admitted' || p.answer === 'refused');
  if (otherwise !== undefined) {
    const how = otherwise.answer === 'admitted' ? 'admitted' : 'judged by a policy';
    return inconclusive(`it was no deadlock: a ${otherwise.subject} pod was ${how}`, [...evidence, otherwise.seq]);
  }
  for (const subject of ['violating', 'good']) {
    if (down.some((p) => p.subject === subject)) continue;
    return inconclusive(`nobody saw a ${subject} pod refused for want of the webhook`, evidence);
  }
  const { steps, blind } = readiness(view, proven.t, until);
  if (blind !== undefined) return inconclusive(`the deadlock was not in sight: ${blind}`, evidence);
  const inForce = [readyAt(steps, proven.t), ...steps.filter((s) => s.t > proven.t && s.t <= until)];
  const ready = Math.max(0, ...inForce.map((s) => s?.ready ?? 0));
  if (ready > 0) return inconclusive(`${plural(ready, 'gatekeeper')} ready: it was no deadlock`, evidence);
  const successor = letIn(view, until);
  if (successor !== undefined) {
    const because = `it was no deadlock: ${podRef(successor)} was let in, and only waits to start`;
    return inconclusive(because, [...evidence, successor.first.seq]);
  }
  return holds(`${plural(down.length, 'pod')} refused for want of the webhook, and no gatekeeper ready`, evidence);
}

/**
 * A pod of the gatekeeper that nothing stands in the way of any more: one that is let in by the one that dies. Where its own
 * webhook does not see it, that is by design, and it waits for a node.
 */
function letIn(view: JournalView, t: number): PodLife | undefined {
  if (view.cluster?.shape !== 'self-admission') return undefined;
  return view.podsOf('gatekeeper').find((pod) => {
    const now = pod.seen.findLast((s) => s.t <= t);
    return (
      now !== undefined && now.op !== 'deleted' && !now.state.deleting && !/Succeeded|Failed/.test(now.state.phase)
    );
  });
}

/** What came of the way out was really seen, be it that it worked or that it did not. Measured: seconds until the gate enforced. */
export function wayOutMeasured(view: JournalView): Finding {
  const taken = view.mark('path.taken');
  const result = wayOutTaken(view);
  if (taken === undefined || result === undefined) return neverReached(view, 'path.taken');
  const ended = view.mark('watch.ended');
  if (ended === undefined) return neverReached(view, 'watch.ended', result.evidence);
  const blind = view.blind('Pod', taken.t, ended.t) ?? unprobed(view, taken.t, ended.t);
  if (blind !== undefined) return inconclusive(`what came of it was not in sight: ${blind}`, result.evidence);
  if (result.worked && result.unjudged.length > 0) {
    return inconclusive(`nobody can say whether ${few(result.unjudged)} may be there`, result.evidence);
  }
  const measured = result.enforcing === undefined ? {} : { measured: result.enforcing, unit: 's' };
  return holds(inWords(result), result.evidence, measured);
}

/** One sentence about a way out: that it worked and when, or that it did not and why. */
export function inWords(result: WayOutTaken): string {
  if (result.worked) {
    const queue = result.missed === undefined ? '' : `, but the queue had not drained ${result.missed.seconds} s later`;
    const drained = result.drained === undefined ? queue : `, the queue drained after ${secs(result.drained)}`;
    const slipped =
      result.violating.length === 0
        ? 'nothing slipped in'
        : `${plural(result.violating.length, 'violating pod')} slipped in`;
    return `it worked: the gate enforced after ${secs(result.enforcing ?? 0)}${drained}; ${slipped}`;
  }
  const refusal = result.answers.at(-1);
  if (result.by === undefined && refusal !== undefined) {
    return `refused (${refusal.code}): ${refusal.message.split('\n')[0]}`;
  }
  const { what, seconds } = result.missed ?? { what: 'the gatekeeper to enforce', seconds: 0 };
  return `accepted, but waited in vain for ${what}: not within ${seconds} s`;
}

function unprobed(view: JournalView, from: number, to: number): string | undefined {
  const told = view.probes.filter((p) => p.probe !== 'audit' && p.t >= from && p.t <= to && p.answer !== 'error');
  const times = [from, ...told.map((p) => p.t), to];
  const hole = times.slice(1).findIndex((t, i) => t - times[i]! > MAX_GAP_SECONDS);
  return hole < 0 ? undefined : `no probe got an answer from ${secs(times[hole]!)} to ${secs(times[hole + 1]!)}`;
}
