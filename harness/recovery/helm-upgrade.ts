import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FalldownError } from '../errors.ts';
import { helmInstall, KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { kubeconfigText } from '../kube/credentials.ts';
import { isWebhookDown, KubeApiError } from '../kube/errors.ts';
import type { RecoveryPath } from './recovery.ts';

export const helmUpgrade: RecoveryPath = {
  name: 'helm-upgrade',
  describe: "upgrade the gatekeeper's chart with the safeguards' values",
  identity: 'platform-admin',
  risk: 'helm stops half-way when one of its objects is refused',
  commands: () => [
    `helm upgrade kyverno kyverno/kyverno -n ${KYVERNO_NAMESPACE} --reset-then-reuse-values -f safeguards.yaml --timeout 2m`,
  ],
  async attempt(person, { handle, profile, safeguards, runId, signal }) {
    const dir = await mkdtemp(join(tmpdir(), 'falldown-helm-'));
    const kubeconfig = join(dir, 'kubeconfig');
    try {
      await writeFile(kubeconfig, kubeconfigText(person.credentials, handle.name), { mode: 0o600 });
      const gatekeeper = { ...profile.gatekeeper, values: safeguards ?? profile.gatekeeper.values };
      return await person.tries('helm-upgrade', 'upgrade', `Release/${KYVERNO_NAMESPACE}/kyverno`, () =>
        helmInstall({ ...handle, kubeconfig }, gatekeeper, runId, signal).catch(asAnswer),
      );
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

/** What the API server told helm, as the answer that it was. Whatever else kept helm from working is thrown on. */
function asAnswer(error: unknown): never {
  const said = error instanceof FalldownError && error.code === 'HELM_FAILED' ? (error.failure.seen ?? '') : '';
  const code = isWebhookDown(said) ? 500 : /is forbidden/.test(said) ? 403 : undefined;
  if (code === undefined) throw error;
  const reason = code === 403 ? 'Forbidden' : 'InternalError';
  throw new KubeApiError({ verb: 'helm', path: 'upgrade', code, reason, detail: said, seconds: 0, cause: error });
}
