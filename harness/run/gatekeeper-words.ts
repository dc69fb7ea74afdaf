import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { helmInstall, KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** What is done to the gatekeeper itself. */
export class GatekeeperWords {
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.#parts = parts;
  }

  /** `helm upgrade` with these values over those of the profile; values of an earlier upgrade do not stay. */
  async upgrade(values: Record<string, unknown>): Promise<void> {
    const { handle, profile, runId, signal, journal } = this.#parts;
    await helmInstall(handle, profile.gatekeeper, runId, signal, values);
    journal.append({ type: 'mark', name: 'gatekeeper.upgraded', data: { values: JSON.stringify(values) } });
  }

  /** Waits until a disruption budget covers the gatekeeper and has counted its pods, and writes it down. */
  async hasBudget(withinSeconds: number): Promise<void> {
    const { admin, journal } = this.#parts;
    const budget = await this.#until('a disruption budget for the gatekeeper', withinSeconds, async () => {
      const { items } = await admin.get<{ items: V1PodDisruptionBudget[] }>(
        `/apis/policy/v1/namespaces/${KYVERNO_NAMESPACE}/poddisruptionbudgets`,
        { query: { labelSelector: 'app.kubernetes.io/component=admission-controller' } },
      );
      return items.find(({ status }) => (status?.currentHealthy ?? 0) > 0);
    });
    journal.append({
      type: 'mark',
      name: 'budget.seen',
      data: {
        name: budget.metadata?.name ?? '',
        minAvailable: String(budget.spec?.minAvailable),
        healthy: budget.status?.currentHealthy ?? 0,
        disruptionsAllowed: budget.status?.disruptionsAllowed ?? 0,
      },
    });
  }

  #until<T>(what: string, timeoutSeconds: number, look: () => Promise<T> | T): Promise<NonNullable<T>> {
    return waitFor(look, { what, timeoutSeconds, signal: this.#parts.signal });
  }
}
