import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { helmInstall, KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import { upgradeGatekeeper } from '../gatekeeper/upgrade.ts';
import type { WebhookState } from '../journal/events.ts';
import { waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** Kyverno's condition under `features.excludeBootstrapResources`: it leaves Node and CertificateSigningRequest out. */
const BOOTSTRAP_EXEMPT = 'kyverno-exclude-bootstrap-resources';

/** What is done to the gatekeeper itself, and what its webhooks say. */
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

  /** `helm upgrade` to the profile's `gatekeeper.upgradeTo`, until every pod is a new one. */
  upgradeAsPlanned(withinSeconds: number): Promise<void> {
    return upgradeGatekeeper(this.#parts, withinSeconds);
  }

  /** Waits until a fail-closed webhook sees nodes and certificate requests being made (F9, bootstrap). */
  async guardsNodes(withinSeconds: number): Promise<void> {
    const guarded = () => this.#closed().some((w) => seesNodes(w) && !w.matchConditions?.includes(BOOTSTRAP_EXEMPT));
    await this.#until('the webhooks to cover nodes', withinSeconds, guarded);
  }

  /** Waits until no fail-closed webhook sees nodes: the conditions change 11–14 s after the rollout is complete. */
  async exemptsNodes(withinSeconds: number): Promise<void> {
    const exempt = () => {
      const nodes = this.#closed().filter(seesNodes);
      return nodes.length > 0 && nodes.every((w) => w.matchConditions?.includes(BOOTSTRAP_EXEMPT));
    };
    await this.#until('the webhooks to leave nodes out', withinSeconds, exempt);
    this.#parts.journal.append({ type: 'mark', name: 'nodes.exempt' });
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

  #closed(): WebhookState['webhooks'] {
    const all = [...this.#parts.live.webhooks.values()].flatMap((configuration) => configuration.webhooks);
    return all.filter((webhook) => webhook.failurePolicy === 'Fail');
  }

  #until<T>(what: string, timeoutSeconds: number, look: () => Promise<T> | T): Promise<NonNullable<T>> {
    const { signal, live } = this.#parts;
    const seen = () => JSON.stringify([...live.webhooks.values()].flatMap(({ webhooks }) => webhooks));
    return waitFor(look, { what, timeoutSeconds, signal, seen });
  }
}

function seesNodes({ rules }: WebhookState['webhooks'][number]): boolean {
  return rules.some((rule) => /(?:^|[ ,])(?:nodes|\*)(?:[/,]|$)/.test(rule));
}
