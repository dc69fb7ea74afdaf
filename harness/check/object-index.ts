import type {
  CsrState,
  DaemonSetState,
  DeploymentState,
  EndpointState,
  Envelope,
  EventState,
  JobState,
  NodeState,
  ObjectSeen,
  PodState,
  WatchedKind,
  WebhookState,
} from '../journal/events.ts';

interface StateOf {
  Pod: PodState;
  Job: JobState;
  Deployment: DeploymentState;
  DaemonSet: DaemonSetState;
  Event: EventState;
  Node: NodeState;
  CertificateSigningRequest: CsrState;
  ValidatingWebhookConfiguration: WebhookState;
  MutatingWebhookConfiguration: WebhookState;
  EndpointSlice: EndpointState;
}

/** One journal line about an object of a known kind. */
export type Seen<K extends WatchedKind> = Envelope &
  Omit<ObjectSeen, 'kind' | 'state'> & { kind: K; state: StateOf[K] };

export interface Moment {
  seq: number;
  t: number;
}

/** All that the journal says about one object, oldest line first; never empty. */
export interface History<K extends WatchedKind> {
  kind: K;
  ns: string;
  name: string;
  uid: string;
  seen: Seen<K>[];
}

/** The life of one pod. */
export interface PodLife {
  ns: string;
  name: string;
  uid: string;
  role: string | undefined;
  index: number | undefined;
  /** Name of the controller, without kind or namespace. */
  owner: string | undefined;
  first: Moment;
  /** False when the watch found it on its first list: it was made earlier than `first` says. */
  createdInSight: boolean;
  /** When it was first seen to run. */
  running?: Moment;
  succeeded?: Moment;
  failed?: Moment;
  /** When its deletion was asked for, by whomever. */
  deleting?: Moment;
  /** When the object itself was gone. */
  gone?: Moment;
  last: PodState;
  lastSeq: number;
  /** Every line about it; empty for role `encoding`, of which there are tens of thousands. */
  seen: Seen<'Pod'>[];
}

/** The Events that checks read. The others (Scheduled, Pulled, Started …) come by the ten thousand and prove nothing. */
const TELLING_EVENTS = new Set([
  'Preempted',
  'Evicted',
  'EvictionThresholdMet',
  'Killing',
  'FailedCreate',
  'FailedDelete',
  'FailedScheduling',
]);

/** Objects by kind and uid, filled line by line. */
export class ObjectIndex {
  readonly pods = new Map<string, PodLife>();
  readonly #histories = new Map<WatchedKind, Map<string, History<WatchedKind>>>();
  readonly #podsByRole = new Map<string, PodLife[]>();

  add(event: Envelope & ObjectSeen): void {
    if (isKind(event, 'Pod')) this.#addPod(event);
    else if (!isKind(event, 'Event') || TELLING_EVENTS.has(event.state.reason)) this.#addHistory(event);
  }

  histories<K extends WatchedKind>(kind: K): History<K>[] {
    // The map is keyed by kind when it is filled, which the type of a Map cannot say.
    return [...(this.#histories.get(kind)?.values() ?? [])] as unknown as History<K>[];
  }

  podsOf(role: string): readonly PodLife[] {
    return this.#podsByRole.get(role) ?? [];
  }

  #addHistory(event: Envelope & ObjectSeen): void {
    let ofKind = this.#histories.get(event.kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#histories.set(event.kind, ofKind);
    }
    const line = event as Seen<WatchedKind>;
    const known = ofKind.get(event.uid);
    if (known !== undefined) known.seen.push(line);
    else {
      const { kind, name, uid } = event;
      ofKind.set(uid, { kind, ns: event.ns ?? '', name, uid, seen: [line] });
    }
  }

  #addPod(event: Seen<'Pod'>): void {
    const { state } = event;
    let life = this.pods.get(event.uid);
    if (life === undefined) {
      life = {
        ns: event.ns ?? '',
        name: event.name,
        uid: event.uid,
        role: state.role,
        index: state.index,
        owner: state.owner?.split('/').at(-1),
        first: { seq: event.seq, t: event.t },
        createdInSight: event.op === 'added',
        last: state,
        lastSeq: event.seq,
        seen: [],
      };
      this.pods.set(event.uid, life);
      if (life.role !== undefined) {
        const peers = this.#podsByRole.get(life.role);
        if (peers === undefined) this.#podsByRole.set(life.role, [life]);
        else peers.push(life);
      }
    }
    const now = { seq: event.seq, t: event.t };
    if (state.phase === 'Running') life.running ??= now;
    if (state.phase === 'Succeeded') life.succeeded ??= now;
    if (state.phase === 'Failed') life.failed ??= now;
    if (state.deleting) life.deleting ??= now;
    if (event.op === 'deleted') life.gone ??= now;
    life.last = state;
    life.lastSeq = event.seq;
    if (life.role !== 'encoding') life.seen.push(event);
  }
}

function isKind<K extends WatchedKind>(event: Envelope & ObjectSeen, kind: K): event is Seen<K> & ObjectSeen {
  return event.kind === kind;
}

/** The line that was true at a time: the last one at or before it; undefined before the first and after a deletion. */
export function at<K extends WatchedKind>(seen: readonly Seen<K>[], t: number): Seen<K> | undefined {
  const line = seen.findLast((s) => s.t <= t);
  return line?.op === 'deleted' ? undefined : line;
}

export function podRef(pod: { ns: string; name: string }): string {
  return `Pod/${pod.ns}/${pod.name}`;
}
