import type { Mark } from '../journal/events.ts';
import type { Finding } from './finding.ts';
import type { JournalView, Line } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { gatekeeperServices, readiness, readyAt, type Step, sliceSteps } from './readiness.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

export interface HoldOptions {
  /** How long it must stay down, or may take to heal; seconds. */
  forSeconds?: number;
  /** Self-admission stays down with the trigger gone; starvation heals. */
  expect?: 'stays-down' | 'heals';
}

/** What the journal shows of the gatekeeper while nobody touched anything. */
export interface Sign {
  seq: number;
  t: number;
  what: string;
}

/** F12: with the trigger gone, the deadlock lasts by itself (or heals, where that is expected). Measured: seconds held, or seconds to healing. */
export function noSelfHealing(
  view: JournalView,
  { forSeconds = 45, expect = 'stays-down' }: HoldOptions = {},
): Finding {
  const started = view.mark('hold.started');
  if (started === undefined) return neverReached(view, 'hold.started');
  const removed = view.mark('trigger.removed');
  if (removed === undefined || removed.t > started.t) {
    return inconclusive('the hold began while the trigger was still in place', [started.seq]);
  }
  const ended = view.mark('hold.ended');
  const to = ended?.t ?? Math.min(view.mark('rules.deleted')?.t ?? view.end, view.end);
  const evidence = [removed.seq, started.seq, ...(ended === undefined ? [] : [ended.seq])];
  return expect === 'heals'
    ? mustHeal(view, removed, to, forSeconds, evidence)
    : mustStay(view, { removed, started, ended, to }, forSeconds, evidence);
}

interface Hold {
  removed: Line<Mark>;
  started: Line<Mark>;
  ended: Line<Mark> | undefined;
  to: number;
}

function mustStay(view: JournalView, hold: Hold, limit: number, evidence: number[]): Finding {
  const held = hold.to - hold.started.t;
  const measured = { measured: held, limit, unit: 's' };
  const sign = signOfLife(view, hold.removed.t, hold.to);
  if (sign !== undefined) {
    const after = secs(sign.t - hold.removed.t);
    return violated(
      `it healed by itself ${after} after the trigger was gone: ${sign.what}`,
      [...evidence, sign.seq],
      measured,
    );
  }
  const hidden = view.blind('Pod', hold.removed.t, hold.to);
  if (hidden !== undefined) return inconclusive(`nobody watched the hold: ${hidden}`, evidence, measured);
  if (hold.ended === undefined) {
    return inconclusive(`the hold was cut off after ${secs(held)} of ${secs(limit)}`, evidence, measured);
  }
  if (held < limit)
    return inconclusive(`it was held for ${secs(held)} only, ${secs(limit)} are asked`, evidence, measured);
  const { steps } = readiness(view, hold.removed.t, hold.to);
  const down = steps.findLast((s) => s.t <= hold.removed.t);
  if (down?.ready !== 0) {
    return inconclusive('the gatekeeper was never seen to go down before the hold', evidence, measured);
  }
  const knocks = view.probes.filter((p) => p.t >= hold.started.t && p.t <= hold.to && p.answer === 'webhook-down');
  const last = knocks.at(-1);
  if (last === undefined) return inconclusive('nobody asked for a pod during the hold', evidence, measured);
  return holds(
    `for ${secs(held)} with the trigger gone no gatekeeper pod became ready and no pod was admitted`,
    [...evidence, down.seq, knocks[0]!.seq, last.seq],
    measured,
  );
}

function mustHeal(view: JournalView, removed: Line<Mark>, to: number, limit: number, evidence: number[]): Finding {
  const before = readyAt(readiness(view, removed.t, to).steps, removed.t);
  if (before?.ready !== 0) {
    return inconclusive('the gatekeeper was not seen to be down when the trigger was removed', evidence);
  }
  const ready = firstReady(view, removed.t, to);
  if (ready !== undefined) {
    const took = ready.t - removed.t;
    const measured = { measured: took, limit, unit: 's' };
    if (took <= limit) return holds(`it healed by itself: ${ready.what}`, [...evidence, ready.seq], measured);
    return violated(`it healed by itself, but late: ${ready.what}`, [...evidence, ready.seq], measured);
  }
  const held = to - removed.t;
  const measured = { measured: held, limit, unit: 's' };
  const hidden = view.blind('Pod', removed.t, to);
  if (hidden !== undefined) return inconclusive(`no healing was seen, but ${hidden}`, evidence, measured);
  if (held < limit)
    return inconclusive(`no healing was seen in the ${secs(held)} that it was given`, evidence, measured);
  return violated(`it did not heal within ${secs(held)} after the trigger was gone`, evidence, measured);
}

/** Anything that shows that the gatekeeper is back, or that pods are let in again. */
export function signOfLife(view: JournalView, from: number, to: number): Sign | undefined {
  const signs: Sign[] = [];
  const ready = firstReady(view, from, to);
  if (ready !== undefined) signs.push(ready);
  const answered = view.probes.find(
    (p) => p.t - p.seconds >= from && p.t <= to && (p.answer === 'admitted' || p.answer === 'refused'),
  );
  if (answered !== undefined) {
    const what = answered.answer === 'admitted' ? `a ${answered.subject} pod was admitted` : 'a policy answered again';
    signs.push({ seq: answered.seq, t: answered.t, what });
  }
  for (const pod of ['gatekeeper', 'encoding', 'good', 'violating'].flatMap((role) => view.podsOf(role))) {
    if (!pod.createdInSight || pod.first.t <= from || pod.first.t > to) continue;
    signs.push({ ...pod.first, what: `${podRef(pod)} was made` });
    break;
  }
  return signs.sort((a, b) => a.seq - b.seq)[0];
}

function firstReady(view: JournalView, from: number, to: number): Sign | undefined {
  const inside = (s: Step) => s.ready > 0 && s.t <= to;
  // A step that stands in a gap of the watch may be long out of force.
  const sliced = view.blind('EndpointSlice', from, to) === undefined;
  const slices = sliced ? sliceSteps(view, gatekeeperServices(view)) : [];
  const pods = view.podsOf('gatekeeper').flatMap((p) => p.seen);
  const served = slices.find((s, i) => inside(s) && (slices[i + 1]?.t ?? Number.POSITIVE_INFINITY) > from);
  const pod = pods.find((s) => s.t >= from && s.t <= to && s.op !== 'deleted' && s.state.ready && !s.state.deleting);
  const signs: Sign[] = [];
  if (served !== undefined) {
    const t = Math.max(served.t, from);
    signs.push({ seq: served.seq, t, what: `${served.ready} gatekeeper endpoints were ready` });
  }
  if (pod !== undefined)
    signs.push({ seq: pod.seq, t: pod.t, what: `${podRef({ ns: pod.ns ?? '', name: pod.name })} became ready` });
  return signs.sort((a, b) => a.t - b.t)[0];
}
