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

/** F15: really submits a violating pod every second, all along: is it refused? What is admitted stays, to be counted. */
export const probeExposure = submitting({ probe: 'exposure', subject: 'violating', dryRun: false, delaySeconds: 0 });

/** Asks in dry-run for a good pod, half-way between two violating ones: does the gatekeeper admit what it should? */
export const probeAdmission = submitting({
  probe: 'enforcement',
  subject: 'good',
  dryRun: true,
  delaySeconds: PROBE_SECONDS / 2,
});

function submitting(p: { probe: 'exposure' | 'enforcement'; subject: Subject; dryRun: boolean; delaySeconds: number }) {
  const { probe, subject, dryRun, delaySeconds } = p;
  return (
    client: KubeClient,
    profile: Profile,
    runId: string,
    journal: Journal,
    signal: AbortSignal,
  ): Promise<void> => {
    const pod = probePod(profile, subject, runId);
    const submit = async () => {
      const answer = await submitPod(client, EXPOSURE_NAMESPACE, pod, subject, { dryRun, signal });
      journal.append({ type: 'probe', probe, ...answer });
    };
    return onSchedule(delaySeconds, () => submit().catch(ignoreAbort(signal)), signal);
  };
}

function ignoreAbort(signal: AbortSignal) {
  return (error: unknown) => {
    if (!signal.aborted) throw error;
  };
}
