import type { Forecast, ForecastEviction, ForecastWave, ForecastWorkload } from '../journal/forecast.ts';
import { admits, fits, type Node, type Pod } from './pod.ts';
import { type Budget, preempt } from './preempt.ts';
import { type Quota, refusedByQuota } from './quota.ts';

export interface Workload {
  ref: string;
  team?: string | undefined;
  wave: number;
  /** How many pods; `per-node`: one on each node that admits it (a DaemonSet). */
  count: number | 'per-node';
  /** What one of its pods looks like. */
  pod: Omit<Pod, 'started'>;
}

export interface Situation {
  nodes: readonly Node[];
  /** Pods that are there already, oldest first, and on which node. */
  bound: readonly { pod: Omit<Pod, 'started'>; node: string }[];
  /** In the order in which they come. */
  workloads: readonly Workload[];
  budgets: readonly Budget[];
  quotas: readonly Quota[];
  /** Without a pod of this workload on a node no pod can be made, but for these namespaces. */
  gate?: { workload: string; exempt: readonly string[] } | undefined;
}

/**
 * F7: who is evicted for whom, from manifests alone. Each workload comes when the one before has settled; what is evicted
 * is made anew and may evict in its turn. Placement knows CPU, memory, pods per node, selectors, node affinity, taints
 * and required anti-affinity by host; between several nodes that would do it takes the emptiest and says that it is
 * not certain, as the scheduler's scores are not played.
 */
export function forecast(situation: Situation): Forecast {
  const play = new Play(situation);
  const waves = [...new Set(situation.workloads.map((w) => w.wave))].sort((a, b) => a - b);
  const told = waves.map((wave) => play.wave(wave));
  return {
    workloads: situation.workloads.map((w) => described(w, play)),
    waves: told,
    certain: play.doubt === undefined,
    ...(play.doubt === undefined ? {} : { doubt: play.doubt }),
  };
}

function described(workload: Workload, play: Play): ForecastWorkload {
  const { ref, team, wave, pod } = workload;
  return {
    ref,
    ...(team === undefined ? {} : { team }),
    ...(pod.priorityClass === undefined ? {} : { priorityClass: pod.priorityClass }),
    priority: pod.priority,
    preempts: pod.preempts,
    pods: play.size(workload),
    wave,
    wouldEvict: play.wouldEvict(pod),
  };
}

class Play {
  doubt: string | undefined;
  readonly #situation: Situation;
  readonly #placed: Map<string, Pod[]>;
  #waiting: Pod[] = [];
  #refused: Pod[] = [];
  #evictions: ForecastEviction[] = [];
  #clock = 0;

  constructor(situation: Situation) {
    this.#situation = situation;
    this.#placed = new Map(situation.nodes.map(({ name }) => [name, []]));
    for (const { pod, node } of situation.bound) this.#placed.get(node)?.push({ ...pod, started: this.#clock++ });
  }

  wave(wave: number): ForecastWave {
    this.#evictions = [];
    const coming = this.#situation.workloads.filter((w) => w.wave === wave);
    for (const { pod, count } of coming) {
      const one = { ...pod, started: 0 };
      const pods =
        count === 'per-node'
          ? this.#eligible(one).map((node) => ({ ...one, node: node.name }))
          : Array.from({ length: count }, () => ({ ...one }));
      this.#settle(pods);
    }
    return {
      wave,
      comes: coming.map((w) => w.ref),
      evictions: this.#evictions,
      waiting: countBy(this.#waiting),
      refused: countBy(this.#refused),
    };
  }

  size({ pod, count }: Workload): number {
    return count === 'per-node' ? this.#eligible({ ...pod, started: 0 }).length : count;
  }

  wouldEvict(pod: Omit<Pod, 'started'>): string[] {
    const { nodes, budgets } = this.#situation;
    const one = { ...pod, started: this.#clock };
    if (nodes.some((node) => admits(node, one) && fits(node, one, this.#placed.get(node.name) ?? []))) return [];
    const victims = preempt(one, nodes, this.#placed, budgets)?.victims ?? [];
    return Object.entries(countBy(victims)).map(([ref, n]) => `${n} × ${ref}`);
  }

  /** Lets pods in until nothing moves any more. */
  #settle(made: Pod[]): void {
    let queue = this.#create(made, []);
    for (;;) {
      // The scheduler's queue: the highest priority first, then the longest waiting.
      const next = queue.reduce<Pod | undefined>(
        (a, b) => (a === undefined || b.priority > a.priority ? b : a),
        undefined,
      );
      if (next === undefined) return;
      queue = queue.filter((p) => p !== next);
      if (this.#bind(next)) continue;
      const evicted = this.#evict(next);
      if (evicted === undefined) this.#waiting.push(next);
      else {
        // What did not fit before may fit now, and is tried again.
        queue.push(...this.#waiting.splice(0));
        queue.push(
          ...this.#create(
            evicted.filter((p) => p.replaced),
            queue,
          ),
        );
      }
    }
  }

  /** Those of the pods that can be made: a gatekeeper is there to admit them, and no quota forbids them. */
  #create(pods: readonly Pod[], queued: readonly Pod[]): Pod[] {
    const made: Pod[] = [];
    for (const pod of pods) {
      const existing = [...[...this.#placed.values()].flat(), ...this.#waiting, ...queued, ...made];
      const refused = this.#gateIsShut(pod) || refusedByQuota(pod, existing, this.#situation.quotas) !== undefined;
      (refused ? this.#refused : made).push(pod);
    }
    return made;
  }

  #bind(pod: Pod): boolean {
    const { nodes } = this.#situation;
    const able = nodes.filter((node) => admits(node, pod) && fits(node, pod, this.#on(node)));
    const free = (node: Node) => node.cpu - this.#on(node).reduce((sum, p) => sum + p.cpu, 0);
    const [best] = able.toSorted((a, b) => this.#siblings(a, pod) - this.#siblings(b, pod) || free(b) - free(a));
    if (best === undefined) return false;
    if (able.length > 1) this.doubt ??= `${pod.workload} could go to ${able.length} nodes, and the scores decide`;
    this.#on(best).push({ ...pod, started: this.#clock++ });
    return true;
  }

  #evict(pod: Pod): Pod[] | undefined {
    const { nodes, budgets, gate } = this.#situation;
    const candidate = preempt(pod, nodes, this.#placed, budgets);
    if (candidate === undefined) return undefined;
    const { node, victims, againstBudget } = candidate;
    const stay = this.#on(node).filter((p) => !victims.includes(p));
    this.#placed.set(node.name, [...stay, { ...pod, started: this.#clock++ }]);
    for (const victim of victims) this.#record(pod, victim, againstBudget.has(victim));
    if (
      gate !== undefined &&
      victims.some((p) => p.workload === gate.workload) &&
      victims.some((p) => p.workload !== gate.workload)
    )
      this.doubt ??= 'the gatekeeper goes together with others: whether it still admits their replacements is a race';
    return victims;
  }

  #record(by: Pod, victim: Pod, againstBudget: boolean): void {
    const same = this.#evictions.find((e) => e.by === by.workload && e.victim === victim.workload);
    const entry = same ?? {
      by: by.workload,
      victim: victim.workload,
      pods: 0,
      byPriority: by.priority,
      victimPriority: victim.priority,
      againstBudget: 0,
    };
    entry.pods += 1;
    entry.againstBudget += againstBudget ? 1 : 0;
    if (same === undefined) this.#evictions.push(entry);
  }

  #gateIsShut(pod: Pod): boolean {
    const { gate } = this.#situation;
    if (gate === undefined || gate.exempt.includes(pod.namespace)) return false;
    return ![...this.#placed.values()].flat().some((p) => p.workload === gate.workload);
  }

  #eligible(pod: Pod): Node[] {
    return this.#situation.nodes.filter((node) => admits(node, pod));
  }

  #siblings(node: Node, pod: Pod): number {
    return this.#on(node).filter((p) => p.workload === pod.workload).length;
  }

  #on(node: Node): Pod[] {
    return this.#placed.get(node.name) ?? [];
  }
}

function countBy(pods: readonly Pod[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { workload } of pods) counts[workload] = (counts[workload] ?? 0) + 1;
  return counts;
}
