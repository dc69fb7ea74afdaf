import { isDeepStrictEqual } from 'node:util';
import type {
  CoreV1Event,
  V1CertificateSigningRequest,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Job,
  V1Node,
  V1Pod,
} from '@kubernetes/client-node';
import type { ObjectState, WatchedKind } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, wire } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import { POD } from '../kube/protobuf/pod.ts';
import { protobuf } from '../kube/protobuf/watch-events.ts';
import { type WatchOptions, watch } from '../kube/watch.ts';
import { type WebhookConfiguration, webhookState } from '../kube/webhooks.ts';
import { NODE_LABEL } from '../labels.ts';
import {
  csrState,
  daemonSetState,
  deploymentState,
  endpointState,
  eventState,
  jobState,
  nodeState,
  podState,
} from './states.ts';

/** Normal events worth a line. */
const TELLING = new Set(['Preempted', 'Killing', 'Evicted', 'ScalingReplicaSet', 'SuccessfulDelete', 'Started']);

/** One for each pod, which decides nothing: the API server need not even send it. They are never warnings. */
const UNTOLD = ['Scheduled', 'SuccessfulCreate', 'Pulling', 'Pulled', 'Created'];

const OPTIONS: Partial<Record<WatchedKind, WatchOptions<KubeObject>>> = {
  // Tens of thousands of pods, each changing several times: the one watch that the API server could feel.
  Pod: { codec: protobuf(POD), inGulps: true },
  Event: { query: { fieldSelector: UNTOLD.map((reason) => `reason!=${reason}`).join(',') } },
};

const STATES: Record<WatchedKind, (object: KubeObject) => ObjectState | undefined> = {
  Pod: (o) => podState(wire<V1Pod>(o)),
  Job: (o) => jobState(wire<V1Job>(o)),
  Deployment: (o) => deploymentState(wire<V1Deployment>(o)),
  DaemonSet: (o) => daemonSetState(wire<V1DaemonSet>(o)),
  Event: (o) => {
    const state = eventState(wire<CoreV1Event>(o));
    return state.eventType === 'Warning' || TELLING.has(state.reason) ? state : undefined;
  },
  Node: (o) => nodeState(wire<V1Node>(o), NODE_LABEL),
  CertificateSigningRequest: (o) => csrState(wire<V1CertificateSigningRequest>(o)),
  EndpointSlice: (o) => endpointState(wire<V1EndpointSlice>(o)),
  ValidatingWebhookConfiguration: (o) => webhookState(o as WebhookConfiguration),
  MutatingWebhookConfiguration: (o) => webhookState(o as WebhookConfiguration),
};

/**
 * Watches everything the checks read and writes each change to the journal, once: an update that changes nothing the
 * journal keeps (heartbeats, finalizers) is left out. Resolves when every first list is in the journal.
 */
export async function watchObjects(client: KubeClient, journal: Journal, signal: AbortSignal): Promise<void> {
  const kinds = Object.keys(STATES) as WatchedKind[];
  await Promise.all(kinds.map((kind) => watchKind(kind, client, journal, signal)));
}

function watchKind(kind: WatchedKind, client: KubeClient, journal: Journal, signal: AbortSignal): Promise<void> {
  const last = new Map<string, ObjectState>();
  const { synced } = watch<KubeObject>(
    client,
    pathOf(kind),
    OPTIONS[kind] ?? {},
    {
      onObject(op, object) {
        const { uid = '', name, namespace } = object.metadata;
        const known = last.get(uid);
        // What the journal never kept need not go from it; and a deletion that a re-list found out about has only the
        // object's name left, so its last state stands.
        if (op === 'deleted' && known === undefined) return;
        const state = op === 'deleted' ? known : STATES[kind](object);
        if (state === undefined) return;
        if (op === 'deleted') last.delete(uid);
        else if (isDeepStrictEqual(known, state)) return;
        else last.set(uid, state);
        journal.append({ type: 'object', op, kind, ...(namespace ? { ns: namespace } : {}), name, uid, state });
      },
      onState: (op, detail) => journal.append({ type: 'watch', kind, op, ...detail }),
    },
    signal,
  );
  return synced;
}
