import type { Profile } from '../../clusters/providers/provider.ts';
import { currentShape } from '../gatekeeper/gatekeeper.ts';
import { KYVERNO_NAMESPACE } from '../gatekeeper/helm.ts';
import type { JournalEvent, PodState } from '../journal/events.ts';
import type { Forecast } from '../journal/forecast.ts';
import type { Journal } from '../journal/writer.ts';
import { applyAny } from '../kube/apply-any.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, objectName } from '../kube/object.ts';
import { workloadOf } from '../kube/owner.ts';
import { pathOf } from '../kube/paths.ts';
import type { Live } from '../observe/live.ts';
import { forecast } from '../scheduling/forecast.ts';
import { situationOf, WAVE_ANNOTATION } from '../scheduling/manifests.ts';
import { waitFor } from '../wait.ts';
import { asleep } from './asleep.ts';
import { securityService } from './security.ts';

/** The scheduler and the controllers move within tenths of a second; after this long without a change they are done. */
const QUIET_SECONDS = 3;
/** Between two workloads of a wave: the first one's pods have their nodes, nobody is on the way out. */
const PAUSE_SECONDS = 0.4;
const SETTLE_SECONDS = 60;

const GATEKEEPER = `Deployment/${KYVERNO_NAMESPACE}/kyverno-admission-controller`;

interface ServicesParts {
  profile: Profile;
  admin: KubeClient;
  journal: Journal;
  live: Live;
  runId: string;
  signal: AbortSignal;
}

/** F7: the workloads of several teams, which come in waves, and what is expected of them. */
export class Services {
  readonly #p: ServicesParts;
  readonly #pods = new Map<string, PodState & { workload: string }>();
  readonly #refused = new Set<string>();
  #lastChange = 0;
  #forecast: Forecast | undefined;

  constructor(p: ServicesParts) {
    this.#p = p;
    p.journal.subscribe((event) => this.#see(event));
  }

  /** In the order in which they come. Without a wave of their own after the first, the security service comes last. */
  get #services(): KubeObject[] {
    const { profile, runId } = this.#p;
    const { services, security } = profile.workloads;
    const own = (services as unknown as KubeObject[]).map((object) => asleep(object, runId));
    if (own.some((o) => waveOf(o) > 0) || security.replicas === 0) return own;
    const last = securityService(security, runId);
    const annotations = { [WAVE_ANNOTATION]: '1' };
    return [...own, { ...last, metadata: { ...last.metadata, annotations } }];
  }

  /** The waves that there are: 0 is what is there first. */
  get waves(): number[] {
    return [...new Set(this.#services.map(waveOf))].sort((a, b) => a - b);
  }

  /** Works out who will be evicted for whom, from the manifests and what is in the cluster, and writes it down. */
  async predict(): Promise<void> {
    const { admin, profile, journal } = this.#p;
    const list = async (kind: string) => {
      const { items } = await admin.get<{ items: KubeObject[] }>(pathOf(kind));
      return items.map((item) => ({ ...item, kind }));
    };
    const lists = [list('Node'), list('Pod'), list('PodDisruptionBudget'), list('ResourceQuota')] as const;
    // Budgets and quotas as they are: the gatekeeper's own chart brings one, beside those of the profile.
    const [[nodes, pods, budgets, quotas], shape] = await Promise.all([Promise.all(lists), currentShape(admin)]);
    const exempt = shape === 'self-admission' ? [] : [KYVERNO_NAMESPACE, 'kube-system'];
    this.#forecast = forecast(
      situationOf({
        nodes,
        pods: pods.toSorted((a, b) => Date.parse(born(a)) - Date.parse(born(b))),
        services: this.#services,
        objects: [...budgets, ...quotas],
        classes: profile.priorityClasses,
        gate: shape === 'none' ? undefined : { workload: GATEKEEPER, exempt },
      }),
    );
    journal.append({ type: 'forecast', forecast: this.#forecast });
  }

  /** The workloads of one wave come, one after the other; returns when nothing moves any more. */
  async arrive(wave: number): Promise<void> {
    const { admin, journal, signal } = this.#p;
    journal.append({ type: 'mark', name: 'wave.began', data: { wave } });
    for (const object of this.#services.filter((o) => waveOf(o) === wave)) {
      await applyAny(admin, object, signal);
      await this.#settled(PAUSE_SECONDS, refOf(object));
    }
    await this.#settled(QUIET_SECONDS);
    journal.append({ type: 'mark', name: 'wave.settled', data: { wave } });
  }

  async #settled(quietSeconds: number, ref?: string): Promise<void> {
    const { journal, live, signal } = this.#p;
    const wanted = this.#forecast?.workloads.find((w) => w.ref === ref)?.pods ?? 0;
    const pods = () => [...this.#pods.values()];
    const mine = () => pods().filter((p) => p.workload === ref && !p.deleting).length;
    // Without a gatekeeper its webhook refuses the last step of every deletion, and nobody leaves any more.
    const gated = () => live.readyGatekeepers === 0;
    const open = () => pods().filter((p) => (p.deleting ? !gated() : p.node === undefined && p.reason === undefined));
    await waitFor(
      () =>
        open().length === 0 &&
        (ref === undefined || mine() >= wanted || this.#refused.has(ref)) &&
        journal.now() - this.#lastChange >= quietSeconds,
      {
        what: `the pods of ${ref ?? 'this wave'} to be placed, waiting or refused`,
        timeoutSeconds: SETTLE_SECONDS,
        signal,
        everySeconds: 0.1,
        seen: () => `${mine()} of ${wanted} pods made; ${open().length} pods neither placed nor waiting`,
      },
    );
  }

  #see(event: JournalEvent): void {
    if (event.type !== 'object') return;
    const { kind, op, uid, ns = '', name } = event;
    if (kind === 'Pod') {
      const state = event.state as PodState;
      if (state.role !== 'service' && state.role !== 'security' && state.role !== 'gatekeeper') return;
      if (op === 'deleted') this.#pods.delete(uid);
      else this.#pods.set(uid, { ...state, workload: workloadOf(ns, state.owner, name) });
      this.#lastChange = event.t;
    } else if (kind === 'Event' && 'reason' in event.state && event.state.reason === 'FailedCreate') {
      const [owner = '', namespace = '', maker = ''] = ('regarding' in event.state ? event.state.regarding : '').split(
        '/',
      );
      const ref = workloadOf(namespace, `${owner}/${maker}`, maker);
      // Controllers try again for ever: only the first refusal is news.
      if (!this.#refused.has(ref)) this.#lastChange = event.t;
      this.#refused.add(ref);
    }
  }
}

function waveOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[WAVE_ANNOTATION] ?? 0);
}

function born(object: KubeObject): string {
  return object.metadata.creationTimestamp ?? '';
}

function refOf(object: KubeObject): string {
  return objectName(object.kind ?? '', {
    namespace: object.metadata.namespace ?? 'default',
    name: object.metadata.name,
  });
}
