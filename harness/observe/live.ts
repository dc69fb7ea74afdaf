import type { JobState, JournalEvent, NodeState, ObjectSeen, PodState, WebhookState } from '../journal/events.ts';
import { isWebhookDown } from '../kube/errors.ts';
import { KYVERNO_SERVICE } from '../labels.ts';
import { LiveLatency } from './live-latency.ts';

/**
 * What is true right now, read off the journal as it is written. The method waits on it and the progress line shows
 * it; verdicts never come from here but from the finished journal.
 */
export class Live {
  phase = '';
  phaseTitle = '';
  refusals = 0;
  violatingAdmitted = 0;
  /** The last answers for each subject, and when they were asked for, in seconds of the run. */
  readonly #answers = new Map<string, { answer: string; asked: number }>();
  /** Gatekeeper pods by uid. */
  readonly gatekeepers = new Map<string, PodState & { name: string }>();
  /** The gatekeeper's processes or containers that were seen to start and not yet to exit, as `namespace/pod/container`. */
  readonly gatekeeperProcesses = new Set<string>();
  readonly security = new Map<string, PodState & { name: string }>();
  /** Ready endpoints of the gatekeeper's Service: what the API server can reach. */
  readyEndpoints = 0;
  /** Encoding pods ever seen, and how many of them are in which phase now. */
  readonly encoding = { created: 0, Pending: 0, Running: 0, Succeeded: 0, Failed: 0 };
  /** Encoding pods, by uid, that were told to go and are still there; they are counted by their phase as well. */
  readonly terminating = new Set<string>();
  readonly api = new LiveLatency();
  readonly webhooks = new Map<string, WebhookState>();
  readonly nodes = new Map<string, NodeState>();
  /** Pods that fill their node's memory, by name. */
  readonly hogs = new Map<string, PodState>();
  /** Encoding Jobs by name: is it complete, and how many of its pods succeeded. */
  readonly jobs = new Map<string, JobState>();
  /** `gone`: its object was deleted before it succeeded. */
  readonly #phases = new Map<string, 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'gone'>();
  readonly #refusedEvents = new Map<string, number>();

  see(event: JournalEvent): void {
    switch (event.type) {
      case 'phase.started':
        this.phase = event.phase;
        this.phaseTitle = event.title;
        break;
      case 'object':
        this.#object(event);
        break;
      case 'request':
        if (isWebhookDown(event.message)) this.refusals += 1;
        break;
      case 'probe':
        if (event.answer === 'webhook-down') this.refusals += 1;
        if (event.probe === 'exposure' && event.answer === 'admitted') this.violatingAdmitted += 1;
        if (event.probe !== 'audit') {
          this.#answers.set(event.subject, { answer: event.answer, asked: event.t - event.seconds });
        }
        break;
      case 'samples':
        this.api.see(event);
        break;
      case 'process': {
        const { pod, container, op, role } = event;
        if (role === 'gatekeeper' && op === 'started') this.gatekeeperProcesses.add(`${pod}/${container}`);
        if (op === 'exited') this.gatekeeperProcesses.delete(`${pod}/${container}`);
        break;
      }
    }
  }

  get readyGatekeepers(): number {
    let ready = 0;
    for (const pod of this.gatekeepers.values()) if (pod.ready && !pod.deleting) ready += 1;
    return ready;
  }

  /** A violating pod is refused by a policy and a good one admitted, both asked after `since`. */
  enforcesSince(since: number): boolean {
    return this.#said('violating', 'refused', since) && this.#said('good', 'admitted', since);
  }

  /** Both are refused because the webhook does not answer, both asked after `since`. */
  deadlockedSince(since: number): boolean {
    return this.#said('violating', 'webhook-down', since) && this.#said('good', 'webhook-down', since);
  }

  #said(subject: string, answer: string, since: number): boolean {
    const last = this.#answers.get(subject);
    // A mark stands in the journal in whole milliseconds. What was asked for within the same one looks to a check as if it
    // came before the mark, and would be no proof.
    return last !== undefined && last.answer === answer && last.asked > Math.ceil(since * 1000) / 1000;
  }

  #object(event: ObjectSeen): void {
    const { kind, op, uid, name } = event;
    if (kind === 'Pod') this.#pod(event);
    else if (kind === 'Node') {
      if (op === 'deleted') this.nodes.delete(name);
      else this.nodes.set(name, event.state as NodeState);
    } else if ('service' in event.state && event.state.service === KYVERNO_SERVICE) {
      this.readyEndpoints = op === 'deleted' ? 0 : event.state.ready;
    } else if (kind === 'Job' && 'completions' in event.state) {
      if (op === 'deleted') this.jobs.delete(name);
      else this.jobs.set(name, event.state);
    } else if (kind === 'Event' && 'reason' in event.state && isWebhookDown(event.state.message ?? '')) {
      // One Event object counts up; only what is new since the last look is added.
      const count = 'count' in event.state ? event.state.count : 1;
      const before = this.#refusedEvents.get(uid) ?? 0;
      // A count that fell began anew: what it shows is all new.
      this.refusals += count < before ? count : count - before;
      this.#refusedEvents.set(uid, count);
    } else if ('webhooks' in event.state) {
      if (op === 'deleted') this.webhooks.delete(name);
      else this.webhooks.set(name, event.state);
    }
  }

  #pod({ op, uid, name, state }: ObjectSeen): void {
    const pod = state as PodState;
    const group = pod.role === 'gatekeeper' ? this.gatekeepers : pod.role === 'security' ? this.security : undefined;
    if (group !== undefined) {
      if (op === 'deleted') group.delete(uid);
      else group.set(uid, { ...pod, name });
    }
    if (pod.role === 'hog') this.hogs.set(name, pod);
    if (pod.role !== 'encoding') return;
    if (op === 'deleted') this.terminating.delete(uid);
    else if (pod.deleting) this.terminating.add(uid);
    const before = this.#phases.get(uid);
    if (before === undefined) this.encoding.created += 1;
    else if (before !== 'gone') this.encoding[before] -= 1;
    // A pod that succeeded stays counted when its object goes; any other one is no longer there.
    const now = op === 'deleted' && pod.phase !== 'Succeeded' ? 'gone' : (pod.phase as 'Pending');
    if (now !== 'gone') this.encoding[now] += 1;
    this.#phases.set(uid, now);
  }
}
