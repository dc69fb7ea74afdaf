import type { Attempt, ExperimentResult, Measures, PhaseResult, Story } from './result.ts';
import { duration, grouped, plural } from './words.ts';

const STEPS_TOLD = 12;

/**
 * What happened in one experiment, in the order of the incident, a sentence or two each; of a matrix what its cells say,
 * as the run's own journal ends before them. A sentence whose numbers were not measured is left out.
 */
export function storyOf(experiment: ExperimentResult): string[] {
  const { measures: m, story = {} } = experiment;
  if (experiment.conclusion !== undefined) {
    return [...experiment.conclusion.lines, evicted(story), ...experiment.phases.map(cutShort)].filter(
      (line) => line !== undefined,
    );
  }
  return [
    evicted(story),
    refused(m),
    held(m),
    attempts(story.attempts ?? []),
    exposed(m),
    unwound(m),
    queue(m),
    safeguarded(m),
    ...experiment.phases.map(cutShort),
  ].filter((line) => line !== undefined);
}

const HOW = {
  preemption: 'preempted',
  'node-pressure': 'evicted under node pressure',
  drain: 'evicted by a drain',
  deletion: 'deleted',
} as const;

function evicted({ evicted: e }: Story): string | undefined {
  if (e === undefined) return undefined;
  const by = e.by === undefined ? '' : ` ${e.how === 'preemption' ? 'by' : 'for'} ${e.by}${priority(e.byPriority)}`;
  return `The gatekeeper's pod ${e.pod}${priority(e.priority)} was ${HOW[e.how]}${by}.`;
}

function priority(p: number | undefined): string {
  return p === undefined ? '' : ` (priority ${grouped(p)})`;
}

function refused({ refusedRequests: n, refusedDeletes, gatekeeperOutageSeconds: away }: Measures): string | undefined {
  const time = away === null ? '' : ` for ${duration(away)}`;
  if (n === null)
    return away === null ? undefined : away === 0 ? 'The gatekeeper was never away.' : `No gatekeeper${time}.`;
  if (n === 0)
    return away ? `No request was refused in the ${duration(away)} without a gatekeeper.` : 'No request was refused.';
  if (away === 0) return `${plural(n, 'request')} refused, though a gatekeeper replica was ready all along.`;
  const deletes = refusedDeletes ? `, ${plural(refusedDeletes, 'deletion')} among them` : '';
  return `${plural(n, 'request')} refused${deletes}: no gatekeeper answered its webhook${time}.`;
}

function held(m: Measures): string | undefined {
  if (m.selfHealed === null) return undefined;
  if (m.selfHealed) return 'It healed by itself once the trigger was gone.';
  const hold = m.holdSeconds === null ? '' : ` for ${duration(m.holdSeconds)}`;
  return `With the trigger gone it stayed down${hold}: it did not heal by itself.`;
}

function attempts(tries: readonly Attempt[]): string | undefined {
  if (tries.length === 0) return undefined;
  const byActor = Map.groupBy(tries, (t) => t.actor);
  return `${[...byActor].map(([actor, list]) => `${actor}: ${list.map(attempt).join(', ')}`).join('; ')}.`;
}

function attempt({ intent, code, times }: Attempt): string {
  const answer = code === 0 ? 'got no answer' : `${code >= 200 && code < 300 ? 'done' : 'refused'} (${code})`;
  return `${intent.replaceAll('-', ' ')} ${answer}${times > 1 ? ` ${grouped(times)} times` : ''}`;
}

function exposed(m: Measures): string | undefined {
  if (m.exposureSeconds === null) return undefined;
  const admitted =
    m.violatingPodsAdmitted === null ? '' : `: ${plural(m.violatingPodsAdmitted, 'violating pod')} got in`;
  const left =
    m.violatingPodsAdmitted && m.violatingPodsLeft !== null ? `, ${grouped(m.violatingPodsLeft)} still there` : '';
  return `Nothing was enforced for ${duration(m.exposureSeconds)}${admitted}${left}.`;
}

function unwound(m: Measures): string | undefined {
  const more = m.unwinding.length - STEPS_TOLD;
  const told = m.unwinding.slice(0, STEPS_TOLD).map(({ step, seconds }) => `${step} ${signed(seconds)}`);
  const steps = [...told, ...(more > 0 ? [`and ${plural(more, 'more step', 'more steps')}`] : [])].join(', ');
  const total = m.timeToRecoverSeconds === null ? '' : `Recovered in ${duration(m.timeToRecoverSeconds)}`;
  if (steps === '') return total === '' ? undefined : `${total}.`;
  return total === '' ? `The way out: ${steps}.` : `${total}: ${steps}.`;
}

/** Steps are counted from the deletion of the rules. */
export function signed(seconds: number): string {
  return seconds < 0 ? duration(seconds) : `+${duration(seconds)}`;
}

function queue(m: Measures): string | undefined {
  if (m.podsSucceeded === null) return undefined;
  const of = m.podsRequested === null ? '' : ` of ${grouped(m.podsRequested)}`;
  const faults = [
    m.segmentsLost === null ? undefined : `${grouped(m.segmentsLost)} lost`,
    m.segmentsRepeated === null ? undefined : `${grouped(m.segmentsRepeated)} encoded more than once`,
  ].filter((part) => part !== undefined);
  const drained = m.podsRequested !== null && m.podsSucceeded >= m.podsRequested;
  const head = drained ? 'The encoding queue drained' : 'The encoding queue';
  return `${head}: ${[`${grouped(m.podsSucceeded)}${of} segments encoded`, ...faults].join(', ')}.`;
}

function safeguarded({ safeguarded: s }: Measures): string | undefined {
  if (s === null) return undefined;
  const stood = s.refusedRequests === 0 && s.minReadyReplicas >= s.requiredReplicas;
  const numbers = `${plural(s.refusedRequests, 'request')} refused, never fewer than ${s.minReadyReplicas} ready replicas (${s.requiredReplicas} required)`;
  return `Same trigger with the safeguards: ${stood ? 'it stood' : 'it did not stand'}, ${numbers}.`;
}

function cutShort({ title, ok, reason }: PhaseResult): string | undefined {
  return ok ? undefined : `The phase "${title}" did not end as planned${reason === undefined ? '' : `: ${reason}`}.`;
}
