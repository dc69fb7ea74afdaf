import type { V1LabelSelector } from '@kubernetes/client-node';
import { admits, fits, type Node, type Pod, selects } from './pod.ts';

export interface Budget {
  namespace: string;
  selector: V1LabelSelector;
  minAvailable?: number | string | undefined;
  maxUnavailable?: number | string | undefined;
}

/** Evicting these lets the pod in. */
export interface Candidate {
  node: Node;
  /** Most important first. */
  victims: Pod[];
  /** Those among them that a disruption budget forbade. */
  againstBudget: Set<Pod>;
}

/**
 * What the scheduler's preemption would do, by the rules of its DefaultPreemption plugin (Kubernetes 1.36,
 * pkg/scheduler/framework/plugins/defaultpreemption): on each node all pods of lower priority are taken away, and if the
 * pod then fits they are let back in one by one, first those that a disruption budget protects, each time the more
 * important ones first. Who does not fit any more is a victim. A budget decides on the order and on the node, not on
 * whether. Undefined when nobody need be or can be evicted.
 */
export function preempt(
  pod: Pod,
  nodes: readonly Node[],
  placed: ReadonlyMap<string, readonly Pod[]>,
  budgets: readonly Budget[],
): Candidate | undefined {
  if (!pod.preempts) return undefined;
  const allowed = disruptionsAllowed(budgets, [...placed.values()].flat());
  const candidates = nodes.flatMap((node) => victimsOn(node, pod, placed.get(node.name) ?? [], allowed) ?? []);
  return candidates.reduce<Candidate | undefined>(
    (best, c) => (best === undefined || cheaper(c, best) < 0 ? c : best),
    undefined,
  );
}

type Allowed = { budget: Budget; disruptions: number }[];

function victimsOn(node: Node, pod: Pod, there: readonly Pod[], allowed: Allowed): Candidate | undefined {
  const lower = there.filter((p) => p.priority < pod.priority).sort(byImportance);
  if (lower.length === 0 || !admits(node, pod)) return undefined;
  const stay = there.filter((p) => p.priority >= pod.priority);
  if (!fits(node, pod, stay)) return undefined;
  const left = allowed.map((a) => ({ ...a }));
  const isProtected = new Set(lower.filter((p) => overBudget(p, left)));
  const victims: Pod[] = [];
  for (const p of [...lower.filter((q) => isProtected.has(q)), ...lower.filter((q) => !isProtected.has(q))]) {
    if (fits(node, pod, [...stay, p])) stay.push(p);
    else victims.push(p);
  }
  if (victims.length === 0) return undefined;
  return {
    node,
    victims: victims.sort(byImportance),
    againstBudget: new Set(victims.filter((p) => isProtected.has(p))),
  };
}

/** Takes the pod off every budget that covers it; true when one of them had none to give. */
function overBudget(pod: Pod, allowed: Allowed): boolean {
  let over = false;
  for (const a of allowed) {
    if (a.budget.namespace !== pod.namespace || !selects(a.budget.selector, pod.labels)) continue;
    a.disruptions -= 1;
    over ||= a.disruptions < 0;
  }
  return over;
}

/** As the disruption controller counts, with every placed pod healthy and the placed pods the expected ones. */
function disruptionsAllowed(budgets: readonly Budget[], pods: readonly Pod[]): Allowed {
  return budgets.map((budget) => {
    const covered = pods.filter((p) => p.namespace === budget.namespace && selects(budget.selector, p.labels)).length;
    const share = (n: number | string) =>
      typeof n === 'string' && n.endsWith('%') ? Math.ceil((covered * Number.parseFloat(n)) / 100) : Number(n);
    const disruptions =
      budget.minAvailable === undefined ? share(budget.maxUnavailable ?? 1) : covered - share(budget.minAvailable);
    return { budget, disruptions: Math.max(0, disruptions) };
  });
}

function byImportance(a: Pod, b: Pod): number {
  return b.priority - a.priority || a.started - b.started;
}

/** Which node is given up: fewest budgets broken, then the least important victims, the fewest, the youngest. */
function cheaper(a: Candidate, b: Candidate): number {
  const highest = (c: Candidate) => c.victims[0]?.priority ?? 0;
  // As the scheduler does: shifted above zero, so that a few pods of negative priority cost more than one.
  const sum = (c: Candidate) => c.victims.reduce((total, p) => total + p.priority + 2 ** 31, 0);
  const oldest = (c: Candidate) =>
    Math.min(...c.victims.filter((p) => p.priority === highest(c)).map((p) => p.started));
  return (
    a.againstBudget.size - b.againstBudget.size ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    oldest(b) - oldest(a)
  );
}
