import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef, type Seen } from './object-index.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

export interface KubeletEvictionOptions {
  /** Whose pod had to go: the gatekeeper's, or the one that filled the memory. */
  of?: 'gatekeeper' | 'hog';
  /** The phase in which the pressure came. */
  phase?: string;
  /** A disruption budget that allowed no disruption must have been there. */
  despiteBudget?: boolean;
}

/**
 * F6: under memory pressure the kubelet evicted a pod of a role, before any other: its event and the node's condition say
 * so, and the pod's own status that it ended. Measured: seconds from the coming of the pod that fills the memory, or from the
 * fault where that was not seen, to the eviction.
 */
export function kubeletEviction(
  view: JournalView,
  { of = 'gatekeeper', phase = 'pressure', despiteBudget = false }: KubeletEvictionOptions = {},
): Finding {
  const span = view.phase(phase);
  const fault = view.faults.find(
    (f) =>
      f.fault === 'node-pressure' && f.op === 'injected' && span !== undefined && f.t >= span.from && f.t <= span.to,
  );
  if (span === undefined || fault === undefined) return neverReached(view, phase);
  const { to } = span;
  const evictions = view.events('Evicted', fault.t, to);
  const pods = new Map(view.podsOf(of).map((p) => [podRef(p), p]));
  const ours = evictions.find((e) => pods.has(e.state.regarding));
  const pod = ours === undefined ? undefined : pods.get(ours.state.regarding);
  if (ours === undefined || pod === undefined) return notEvicted(view, { from: fault.t, to, seq: fault.seq }, of, pods);
  const evidence = [fault.seq, ours.seq];
  const asked = view.requests.find(
    (r) => r.object === podRef(pod) && /^(delete|evict)/.test(r.verb) && r.code === 200 && r.t < ours.t,
  );
  if (asked !== undefined) {
    return violated(`${podRef(pod)} went because ${asked.actor} asked for it`, [...evidence, asked.seq]);
  }
  if (!/kubelet/.test(ours.state.source)) {
    return violated(`${podRef(pod)} was evicted by ${ours.state.source || 'somebody'}, not by a kubelet`, evidence);
  }
  const first = evictions[0];
  if (first !== undefined && first.seq !== ours.seq) {
    return violated(`${first.state.regarding} was evicted before ${podRef(pod)}`, [...evidence, first.seq]);
  }
  // Before a pod fills the memory its node is made ready for that, which takes minutes and is no part of the pressure.
  const filling = ['trigger.injected', 'second-trigger.injected']
    .flatMap((name) => view.marks(name))
    .find((m) => m.t >= fault.t && m.t <= ours.t);
  const after = ours.t - (filling ?? fault).t;
  return confirmed(view, pod, ours, { from: fault.t, to, after, despiteBudget }, evidence);
}

function confirmed(
  view: JournalView,
  pod: Readonly<PodLife>,
  event: Seen<'Event'>,
  { from, to, after, despiteBudget }: { from: number; to: number; after: number; despiteBudget: boolean },
  evidence: number[],
): Finding {
  // A gatekeeper that ends in good order, with exit code 0, ends up Succeeded without a reason: seen with Kubernetes 1.36.
  const status = pod.seen.find(
    (s) =>
      s.t >= from && ((s.state.phase === 'Failed' && s.state.reason === 'Evicted') || s.state.phase === 'Succeeded'),
  );
  if (status === undefined) return inconclusive(`the status of ${podRef(pod)} does not say that it ended`, evidence);
  const node = status.state.node ?? pod.seen.findLast((s) => s.state.node !== undefined)?.state.node;
  const pressed = view
    .objects('Node')
    .filter((h) => h.name === node)
    .flatMap((h) => h.seen)
    .find((s) => s.t >= from && s.t <= to && s.state.pressure?.includes('MemoryPressure'));
  if (pressed === undefined) {
    const hidden = view.blind('Node', from, to) ?? 'its condition never said so';
    return inconclusive(`nothing shows that ${node} was short of memory: ${hidden}`, evidence);
  }
  const all = [...evidence, status.seq, pressed.seq];
  const budget = view.marks('budget.seen').findLast((m) => m.t <= event.t);
  if (despiteBudget && budget?.data?.disruptionsAllowed !== 0) {
    return inconclusive('no disruption budget was seen that would have forbidden it', all);
  }
  const despite = despiteBudget ? `, though its disruption budget allowed none` : '';
  return holds(
    `the kubelet of ${node} evicted ${podRef(pod)} after ${secs(after)}${despite}: ${event.state.message}`,
    [...all, ...(despiteBudget && budget !== undefined ? [budget.seq] : [])],
    { measured: after, unit: 's' },
  );
}

function notEvicted(
  view: JournalView,
  { from, to, seq }: { from: number; to: number; seq: number },
  of: string,
  pods: ReadonlyMap<string, Readonly<PodLife>>,
): Finding {
  const other = view.events('Evicted', from, to)[0];
  if (other !== undefined) return violated(`${other.state.regarding} was evicted instead`, [seq, other.seq]);
  const preempted = view.events('Preempted', from, to).find((e) => pods.has(e.state.regarding));
  if (preempted !== undefined) {
    return violated(`${preempted.state.regarding} was preempted by the scheduler, not evicted`, [seq, preempted.seq]);
  }
  const hidden = view.blind('Event', from, to) ?? view.blind('Pod', from, to);
  if (hidden !== undefined) return inconclusive(`no eviction was seen, but ${hidden}`, [seq]);
  if (pods.size === 0) return inconclusive(`no ${of} pod was ever seen`, [seq]);
  return violated(`no ${of} pod was evicted in the ${secs(to - from)} of the pressure`, [seq]);
}
