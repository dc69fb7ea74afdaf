import type { ClusterHandle, Profile } from '../../clusters/providers/provider.ts';
import { FalldownError, reasonOf } from '../errors.ts';
import type { DeadlockShape } from '../journal/events.ts';
import { applyAny } from '../kube/apply-any.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { pathOf } from '../kube/paths.ts';
import type { WebhookConfiguration } from '../kube/webhooks.ts';
import { runLabels } from '../labels.ts';
import { NotSeen, waitFor } from '../wait.ts';
import { type Answer, probePod, submitPod } from './enforcement.ts';
import { helmInstall, KYVERNO_NAMESPACE } from './helm.ts';
import { shapeOf } from './inspect.ts';
import { lastWords } from './last-words.ts';
import { crashLoops, describePods, gatekeeperPods } from './pods.ts';

/** From helm's end to enforcement takes about 5 s on 2 idle cores. */
const ENFORCING_SECONDS = 90;
/** About once a second. */
const LOOKS_PER_CRASH_CHECK = 4;

export interface GatekeeperSetup {
  handle: ClusterHandle;
  profile: Profile;
  admin: KubeClient;
  runId: string;
  signal: AbortSignal;
}

/** Installs Kyverno and its policies, and returns when it enforces: a violating pod is refused, a good one admitted. */
export async function installGatekeeper(setup: GatekeeperSetup, namespace: string): Promise<void> {
  const { handle, profile, runId, signal } = setup;
  await helmInstall(handle, profile.gatekeeper, runId, signal);
  await applyPolicies(setup);
  await untilEnforcing(setup, namespace);
}

/** The chart's CRDs are served a moment after helm is done; a policy that is wrong in itself is told at the end. */
async function applyPolicies({ admin, profile, runId, signal }: GatekeeperSetup): Promise<void> {
  for (const policy of profile.gatekeeper.policies as unknown as KubeObject[]) {
    const labels = { ...policy.metadata.labels, ...runLabels(runId) };
    let last = '';
    await waitFor(
      () =>
        applyAny(admin, { ...policy, metadata: { ...policy.metadata, labels } }, signal).catch((error: unknown) => {
          last = reasonOf(error);
          return undefined;
        }),
      {
        what: `the policy ${policy.kind}/${policy.metadata.name} to be accepted`,
        timeoutSeconds: 30,
        signal,
        seen: () => last,
        next: 'check the policy with kubectl apply --dry-run=server, and that this Kyverno version knows its kind',
      },
    );
  }
}

/** Waits until a violating pod is refused and a good one admitted. */
export async function untilEnforcing(setup: GatekeeperSetup, namespace: string): Promise<void> {
  const { admin, profile, runId, signal } = setup;
  const ask = (subject: 'violating' | 'good') =>
    submitPod(admin, namespace, probePod(profile, subject, runId), subject, { dryRun: true, signal });
  const started = performance.now();
  let violating: Answer | undefined;
  let good: Answer | undefined;
  let looks = 0;
  const look = async () => {
    violating = await ask('violating');
    good = await ask('good');
    if (violating.answer === 'refused' && good.answer === 'admitted') return 'enforces';
    return looks++ % LOOKS_PER_CRASH_CHECK === 0 && crashLoops(await gatekeeperPods(admin)) ? 'crash-loops' : undefined;
  };
  const outcome = await waitFor(look, {
    what: 'the gatekeeper to enforce',
    timeoutSeconds: ENFORCING_SECONDS,
    signal,
  }).catch((error: unknown) => {
    if (!(error instanceof NotSeen)) throw error;
    return 'timed out';
  });
  if (outcome === 'enforces') return;
  throw await notEnforcing(setup, outcome === 'crash-loops', { violating, good }, (performance.now() - started) / 1000);
}

async function notEnforcing(
  { admin, handle }: GatekeeperSetup,
  crashing: boolean,
  { violating, good }: { violating: Answer | undefined; good: Answer | undefined },
  elapsedSeconds: number,
): Promise<FalldownError> {
  const pods = await gatekeeperPods(admin);
  const words = (answer?: Answer) => `${answer?.answer} ${answer?.message.split('\n')[0]}`.trim();
  // With no gatekeeper that could have judged, everything is admitted, and that says nothing of the policies.
  const judged = pods.some((pod) => pod.ready) && (violating?.answer === 'admitted' || good?.answer === 'refused');
  const failing = crashing ? 'the gatekeeper crashes again and again' : 'the gatekeeper does not enforce';
  return new FalldownError({
    code: judged ? 'POLICIES_DO_NOT_FIT' : 'GATEKEEPER_NOT_ENFORCING',
    kind: 'setup',
    what: judged ? 'the policies do not judge the two probe pods as expected' : failing,
    expected: 'the violating pod refused by a policy, the good pod admitted',
    seen: `violating: ${words(violating)}\ngood: ${words(good)}\n${describePods(pods)}`,
    limitSeconds: ENFORCING_SECONDS,
    elapsedSeconds,
    next: judged
      ? 'give gatekeeper.probes.violating and .good pods that fit your policies'
      : 'read the last log lines below; values in gatekeeper.values may keep it from starting',
    evidence: await lastWords(handle, admin, pods),
  });
}

/** Which shape of the deadlock the webhooks that are registered now allow (F9). */
export async function currentShape(admin: KubeClient): Promise<DeadlockShape> {
  const kinds = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;
  const lists = await Promise.all(kinds.map((kind) => admin.get<{ items: WebhookConfiguration[] }>(pathOf(kind))));
  return shapeOf(
    lists.flatMap((list) => list.items),
    KYVERNO_NAMESPACE,
  );
}
