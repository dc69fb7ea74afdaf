import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';
import { firstPreempted, type Preempted } from './preempted.ts';
import { firstZero, lowest, readiness } from './readiness.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';
import { type Collision, collision } from './windows.ts';

/**
 * F6, F7: the scheduler preempted a pod of a role for one of higher priority, its process really ended, and no
 * replica of the role was ready then. Measured: seconds from the trigger to no ready replica.
 */
export function preemption(view: JournalView, { of = 'gatekeeper' }: { of?: string } = {}): Finding {
  const within = collision(view);
  if (within === undefined) return neverReached(view, 'trigger.injected');
  const pods = view
    .podsOf(of)
    .filter((p) => p.first.t <= within.to && (p.gone === undefined || p.gone.t >= within.from));
  if (pods.length === 0) {
    return inconclusive(view.blind('Pod', 0, within.to) ?? `no ${of} pod was seen at the trigger`, [within.triggerSeq]);
  }
  const refs = new Map(pods.map((p) => [podRef(p), p]));
  const preempted = firstPreempted(view, pods, within.from, within.to);
  const ours = deletedByUs(view, within, refs, preempted?.t ?? view.mark('rules.deleted')?.t ?? within.to);
  if (ours !== undefined) return ours;
  if (preempted === undefined) return notPreempted(view, within, of, pods);
  return reallyGone(view, within, of, preempted);
}

function reallyGone(view: JournalView, within: Collision, of: string, preempted: Preempted): Finding {
  const { pod: victim } = preempted;
  const evidence = [within.triggerSeq, preempted.seq];
  const end = processEnd(view, within, victim);
  if (end.seq === undefined) return { ...end.finding, evidence: [...evidence, ...end.finding.evidence] };
  evidence.push(...end.evidence);
  const { steps, blind } = readiness(view, within.from, preempted.t, of);
  const zero = firstZero(steps, within.from, within.to);
  const hidden =
    blind ??
    view.blind('Event', within.from, preempted.t) ??
    view.blind('Pod', within.from, Math.max(preempted.t, zero?.t ?? preempted.t));
  if (hidden !== undefined) return inconclusive(`the preemption cannot be judged: ${hidden}`, evidence);
  if (zero !== undefined && zero.t < within.from) {
    return inconclusive(`no ${of} replica was ready even before the trigger`, [...evidence, zero.seq]);
  }
  if (zero === undefined) {
    const low = lowest(steps, preempted.t, within.to);
    const left = plural(low?.ready ?? 0, 'replica');
    return violated(`${podRef(victim)} was preempted, but ${left} of the ${of} stayed ready`, [
      ...evidence,
      ...(low === undefined ? [] : [low.seq]),
    ]);
  }
  return holds(
    `the scheduler preempted ${podRef(victim)}, its process ended, and no ${of} replica was ready`,
    [...evidence, zero.seq],
    { measured: Math.max(0, zero.t - within.from), unit: 's' },
  );
}

type End = { seq: number; evidence: number[] } | { seq: undefined; finding: Finding };

/**
 * The end of the victim's process: from the process or container itself. Only where nobody watched those (a cluster that
 * falldown did not make) the kubelet's Killing event has to do.
 */
function processEnd(view: JournalView, within: Collision, victim: PodLife): End {
  const lines = view.processes.filter((p) => p.pod.split('/').at(-1) === victim.name);
  const killing = view.events('Killing', within.from, within.to).find((e) => e.state.regarding === podRef(victim));
  if (lines.length === 0 && !view.watchesProcesses) {
    if (killing !== undefined) return { seq: killing.seq, evidence: [killing.seq] };
    return { seq: undefined, finding: inconclusive(`nothing shows that the process of ${podRef(victim)} ended`) };
  }
  const exited = lines.find((p) => p.op === 'exited' && p.t >= within.from);
  if (exited === undefined) {
    const hidden = view.watchesProcesses ? view.blind('Process', within.from, within.to) : undefined;
    const why = hidden === undefined ? '' : `: ${hidden}`;
    return { seq: undefined, finding: inconclusive(`the process of ${podRef(victim)} was never seen to exit${why}`) };
  }
  // containerd does not tell who ended a container; the kubelet's event does.
  const signalled = lines.find((p) => p.op === 'signalled' && p.t >= within.from && p.seq < exited.seq) ?? killing;
  if (signalled === undefined && exited.signal === undefined) {
    const code = exited.exitCode === undefined ? '' : ` with code ${exited.exitCode}`;
    const because = `the process of ${podRef(victim)} exited on its own${code}: no signal had been sent to it`;
    return { seq: undefined, finding: violated(because, [exited.seq]) };
  }
  return { seq: exited.seq, evidence: [...(signalled === undefined ? [] : [signalled.seq]), exited.seq] };
}

/** A delete of ours that came first: whatever happened then was not the scheduler's doing. */
function deletedByUs(
  view: JournalView,
  within: Collision,
  refs: ReadonlyMap<string, PodLife>,
  before: number,
): Finding | undefined {
  const request = view.requests.find(
    (r) =>
      r.t >= within.from &&
      r.t <= before &&
      r.code >= 200 &&
      r.code < 300 &&
      ((r.verb.startsWith('delete') && refs.has(r.object)) ||
        (r.intent === 'restart-gatekeeper' && [...refs.values()].some((p) => leftAfter(p, r.t)))),
  );
  if (request === undefined) return undefined;
  return violated(`deleted, not preempted: ${request.actor} asked for ${request.intent} of ${request.object}`, [
    within.triggerSeq,
    request.seq,
  ]);
}

function notPreempted(view: JournalView, within: Collision, of: string, pods: readonly PodLife[]): Finding {
  const until = (view.mark('trigger.removed') ?? view.mark('rules.deleted'))?.t ?? within.to;
  const trigger = [within.triggerSeq];
  const evicted = view
    .events('Evicted', within.from, until)
    .find((e) => pods.some((p) => podRef(p) === e.state.regarding));
  if (evicted !== undefined) {
    return violated(`${evicted.state.regarding} was evicted, not preempted: ${evicted.state.message}`, [
      ...trigger,
      evicted.seq,
    ]);
  }
  const hidden = view.blind('Event', within.from, until) ?? view.blind('Pod', within.from, until);
  if (hidden !== undefined) return inconclusive(`no preemption was seen, but ${hidden}`, trigger);
  const leaving = pods.find((p) =>
    p.seen.some((s) => s.t <= until && s.t >= within.from && (s.state.deleting || s.op === 'deleted')),
  );
  if (leaving !== undefined) {
    return inconclusive(`${podRef(leaving)} went away, and neither a Preempted event nor a request says why`, [
      ...trigger,
      leaving.lastSeq,
    ]);
  }
  const attackers = view.podsOf('security').filter((p) => p.first.t >= within.from && p.first.t <= until);
  if (attackers.length === 0)
    return inconclusive('no security pod was made: the trigger never reached the scheduler', trigger);
  const placed = attackers.filter((p) => p.seen.some((s) => s.t <= until && s.state.node !== undefined));
  const stood = `${plural(pods.length, `${of} pod`)} (${few(pods.map((p) => p.name))}) stood for ${secs(until - within.from)}`;
  const why = attackers.find((p) => !placed.includes(p))?.last;
  const other =
    placed.length > 0
      ? `security pod ${placed[0]?.name} found room without displacing one`
      : `security pod ${attackers[0]?.name} stayed Pending (${why?.message ?? why?.reason ?? 'no reason given'})`;
  return violated(`${stood} while ${other}`, [
    ...trigger,
    ...pods.map((p) => p.lastSeq),
    ...attackers.map((p) => p.lastSeq),
  ]);
}

function leftAfter(pod: PodLife, t: number): boolean {
  const leaving = pod.seen.find((s) => s.state.deleting || s.op === 'deleted');
  return leaving !== undefined && leaving.t >= t;
}
