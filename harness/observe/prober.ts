import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from '../../clusters/providers/provider.ts';
import { probePod, type Subject, submitPod } from '../gatekeeper/enforcement.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';

/** A probe costs the API server and the gatekeeper some 10 ms of CPU. */
const PROBE_SECONDS = 1;

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

/** F15: really submits a violating pod every second, all along; what is admitted stays, to be counted. */
export function probeExposure(
  client: KubeClient,
  profile: Profile,
  runId: string,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  const pod = probePod(profile, 'violating', runId);
  const probe = async () => {
    const answer = await submitPod(client, EXPOSURE_NAMESPACE, pod, 'violating', { dryRun: false, signal });
    journal.append({ type: 'probe', probe: 'exposure', ...answer });
  };
  return onSchedule(0, () => probe().catch(ignoreAbort(signal)), signal);
}

/** Asks in dry-run whether the gatekeeper refuses what it must and admits what it should, half-way between two probes of exposure. */
export function probeEnforcement(
  client: KubeClient,
  profile: Profile,
  runId: string,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (subject: Subject) => {
    const pod = probePod(profile, subject, runId);
    const answer = await submitPod(client, EXPOSURE_NAMESPACE, pod, subject, { dryRun: true, signal });
    journal.append({ type: 'probe', probe: 'enforcement', ...answer });
  };
  // Side by side: one after the other, a gatekeeper that hangs would hold the second back until it is well again.
  const probe = async () => void (await Promise.all([ask('violating'), ask('good')]));
  return onSchedule(PROBE_SECONDS / 2, () => probe().catch(ignoreAbort(signal)), signal);
}

function ignoreAbort(signal: AbortSignal) {
  return (error: unknown) => {
    if (!signal.aborted) throw error;
  };
}
