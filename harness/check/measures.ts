import type { Measures } from '../../reports/result.ts';
import { apiMeasures } from './api-measures.ts';
import { sum, tallyQueue } from './encoding-queue.ts';
import { tallyExposure } from './exposure.ts';
import type { JournalView } from './journal-view.ts';
import { loopDelayOf } from './loop-delay.ts';
import { selfHealed } from './outcome.ts';
import { outageSeconds, readiness } from './readiness.ts';
import { countRefusals, refusals, refusedByDeadWebhook } from './refusals.ts';
import { stand } from './safeguards-hold.ts';
import { unwindingSteps } from './unwinding.ts';
import { toMs } from './verdicts.ts';

/** The numbers of a run, read off its journal. What was not measured, or could not be seen, is null. */
export function measure(view: JournalView): Measures {
  const exposed = tallyExposure(view);
  const counted = exposed?.doubt === undefined ? exposed : undefined;
  const safe = stand(view);
  const healed = selfHealed(view);
  return {
    ...queueMeasures(view),
    gatekeeperOutageSeconds: outage(view),
    refusedRequests: watched(view) ? countRefusals(refusals(view)) : null,
    refusedDeletes: refusedDeletes(view),
    selfHealed: healed ?? null,
    holdSeconds: between(view, 'hold.started', 'hold.ended'),
    exposureSeconds: exposed === undefined ? null : toMs(exposed.seconds),
    violatingPodsAdmitted: counted?.admitted.length ?? null,
    violatingPodsLeft: counted?.left.length ?? null,
    timeToRecoverSeconds: timeToRecover(view),
    clusterReadySeconds: view.cluster?.seconds ?? null,
    toolchainSeconds: toolchainSeconds(view),
    unwinding: unwindingSteps(view).map(({ step, seconds }) => ({ step, seconds: toMs(seconds) })),
    safeguarded:
      safe === undefined
        ? null
        : {
            refusedRequests: countRefusals(safe.refused),
            minReadyReplicas: safe.minReady,
            requiredReplicas: safe.requiredReplicas,
          },
    ...apiMeasures(view),
    harness:
      view.samples.length === 0
        ? null
        : {
            maxRssBytes: Math.max(...view.samples.map((s) => s.rssBytes)),
            ...loopDelayOf(view.samples),
          },
  };
}

type QueueMeasures = Pick<
  Measures,
  'podsRequested' | 'podsCreated' | 'podsSucceeded' | 'podsPerSecond' | 'segmentsLost' | 'segmentsRepeated'
>;

function queueMeasures(view: JournalView): QueueMeasures {
  const tally = tallyQueue(view);
  const from = view.mark('fanout.started')?.t;
  const end = view.mark('queue.drained')?.t;
  const pods = view.podsOf('encoding');
  const seen = from !== undefined && view.blind('Pod', from, end ?? view.watchedUntil('Pod')) === undefined;
  const drained = seen && (end !== undefined || view.phase('drain')?.ok !== undefined);
  return {
    podsRequested: tally?.requested ?? null,
    podsCreated: seen ? pods.length : null,
    podsSucceeded: seen ? pods.filter((p) => p.succeeded !== undefined).length : null,
    podsPerSecond: seen ? rate(view, from) : null,
    segmentsLost: drained && tally !== undefined ? sum(tally.jobs, (j) => j.missing.length) + tally.unqueued : null,
    segmentsRepeated: drained && tally !== undefined ? sum(tally.jobs, (j) => j.repeated.length) : null,
  };
}

/** Pods made per second from the start of the fan-out to the last pod before the trigger, which stops it. */
function rate(view: JournalView, from: number): number | null {
  const until = view.mark('trigger.injected')?.t ?? view.end;
  const times = view.podsOf('encoding').flatMap((p) => (p.first.t <= until ? [p.first.t] : []));
  const last = times.reduce((latest, t) => Math.max(latest, t), from);
  return last > from ? toMs(times.length / (last - from)) : null;
}

function outage(view: JournalView): number | null {
  const ready = view.cluster?.t;
  const end = Math.min(view.watchedUntil('Pod'), view.watchedUntil('EndpointSlice'));
  const from = view.phase('steady-state')?.from ?? ready;
  if (from === undefined) return null;
  const { steps, blind } = readiness(view, from, end);
  return blind === undefined && steps.some((s) => s.ready > 0) ? toMs(outageSeconds(steps, end)) : null;
}

/** Whether anything was there to be refused: without a probe or a request, no refusals would mean nothing. */
function watched(view: JournalView): boolean {
  return view.probes.length + view.requests.length > 0;
}

/** Those of people: a node agent tries again and again to finish a deletion, and would drown them. */
function refusedDeletes(view: JournalView): number | null {
  const people = view.requests.filter((r) => !r.actor.startsWith('node-agent/'));
  const deletes = people.filter((r) => r.verb.startsWith('delete') && r.intent !== 'delete-rules');
  return deletes.length === 0 ? null : deletes.filter(refusedByDeadWebhook).length;
}

/** From the start of the recovery phase, when people begin to act, until the gate enforces again. */
function timeToRecover(view: JournalView): number | null {
  const from = view.phase('recovery')?.from;
  const to = view.mark('gate.enforcing')?.t;
  return from === undefined || to === undefined || to < from ? null : toMs(to - from);
}

function between(view: JournalView, a: string, b: string): number | null {
  const [from, to] = [view.mark(a)?.t, view.mark(b)?.t];
  return from === undefined || to === undefined ? null : toMs(to - from);
}

function toolchainSeconds(view: JournalView): number | null {
  const seconds = view.mark('toolchain.ready')?.data?.seconds;
  return typeof seconds === 'number' ? seconds : null;
}
