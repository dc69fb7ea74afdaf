import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from '../../clusters/providers/provider.ts';
import { probePod, type Subject, submitPod } from '../gatekeeper/enforcement.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { EXPOSURE_NAMESPACE } from '../namespaces.ts';

const EXPOSURE_SECONDS = 1;
const ENFORCEMENT_SECONDS = 0.5;

/** Calls `probe` on a fixed schedule, without waiting for the one before: a slow answer must not hide the next. */
function onSchedule(everySeconds: number, probe: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const run = async () => {
    const open = new Set<Promise<void>>();
    const started = performance.now();
    for (let n = 1; !signal.aborted; n++) {
      const one = probe().finally(() => open.delete(one));
      open.add(one);
      const due = started + n * everySeconds * 1000;
      await delay(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(open);
  };
  return run();
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
  return onSchedule(EXPOSURE_SECONDS, () => probe().catch(ignoreAbort(signal)), signal);
}

/** Asks in dry-run whether the gatekeeper refuses what it must and admits what it should. */
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
  return onSchedule(ENFORCEMENT_SECONDS, () => probe().catch(ignoreAbort(signal)), signal);
}

function ignoreAbort(signal: AbortSignal) {
  return (error: unknown) => {
    if (!signal.aborted) throw error;
  };
}
