import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from '../../clusters/providers/provider.ts';
import { type ProbePod, probePod, submitPod } from '../gatekeeper/enforcement.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { placedOn } from '../load/placement.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';

/** A probe costs the API server and the gatekeeper some 10 ms of CPU. */
const PROBE_SECONDS = 1;

/** What each probe asks with, and whether it means it. */
const ASKED = {
  exposure: { subject: 'violating', dryRun: false },
  enforcement: { subject: 'good', dryRun: true },
} as const;

/**
 * Calls `probe` every second, first after `delaySeconds`, without waiting for the one before: a slow answer must not hide
 * the next.
 */
async function onSchedule(delaySeconds: number, probe: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const open = new Set<Promise<void>>();
  const started = performance.now() + delaySeconds * 1000;
  for (let n = 0; ; n++) {
    const due = started + n * PROBE_SECONDS * 1000;
    await delay(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const one = probe().finally(() => open.delete(one));
    open.add(one);
  }
  await Promise.all(open);
}

/** Who asks what the cluster lets in, about which profile's pods, and where the answers go. */
export interface Probing {
  client: KubeClient;
  profile: Profile;
  runId: string;
  journal: Journal;
  signal: AbortSignal;
}

/**
 * F15: really submits a violating pod every second, all along: is it refused? What is admitted stays, to be counted.
 * @param fakeNodes Are there nodes on which a pod costs nothing?
 */
export function probeExposure(p: Probing & { fakeNodes: boolean }): Promise<void> {
  const pod = probePod(p.profile, ASKED.exposure.subject, p.runId);
  const submitted = p.fakeNodes ? onFakeNodes(pod) : pod;
  return onSchedule(0, () => submit(p, 'exposure', submitted), p.signal);
}

/** Asks in dry-run for a good pod, half-way between two violating ones: does the gatekeeper admit what it should? */
export function probeAdmission(p: Probing): Promise<void> {
  const pod = probePod(p.profile, ASKED.enforcement.subject, p.runId);
  return onSchedule(PROBE_SECONDS / 2, () => submit(p, 'enforcement', pod), p.signal);
}

/**
 * A container a second would be a load of our own on the node that the gatekeeper has to come back to (measured on two
 * cores: it took twice as long), and after 110 of them no pod would fit there. A pod that says itself where it runs is
 * not moved.
 */
function onFakeNodes(pod: ProbePod): ProbePod {
  const { affinity, nodeSelector, nodeName } = pod.spec;
  if (affinity !== undefined || nodeSelector !== undefined || nodeName !== undefined) return pod;
  const { tolerations = [], ...rest } = pod.spec;
  const placement = placedOn('fake');
  return { ...pod, spec: { ...rest, ...placement, tolerations: [...tolerations, ...placement.tolerations] } };
}

async function submit({ client, journal, signal }: Probing, probe: keyof typeof ASKED, pod: ProbePod): Promise<void> {
  const { subject, dryRun } = ASKED[probe];
  try {
    const answer = await submitPod(client, EXPOSURE_NAMESPACE, pod, subject, { dryRun, signal });
    journal.append({ type: 'probe', probe, ...answer });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
