import { type ChainLink, livingPods, names, type Outage, objectRef, serviceLinks, type Trace } from './chain-links.ts';
import type { JournalView } from './journal-view.ts';
import { at, podRef } from './object-index.ts';
import { refusals, uncallableWebhook } from './refusals.ts';
import { inconclusive, violated } from './verdicts.ts';

interface RefusedController {
  ref: string;
  webhook: string;
  evidence: number[];
}

/** Shape 1: the gatekeeper's own replacement is refused by its own webhook. */
export function traceSelfAdmission(view: JournalView, outage: Outage): Trace {
  const pods = view.podsOf('gatekeeper');
  const hidden = view.blind('Pod', outage.from, outage.at);
  if (hidden !== undefined)
    return { links: [], broken: inconclusive(`the pods cannot be judged: ${hidden}`, outage.evidence) };
  const living = livingPods(pods, outage.at);
  if (living.length > 0) {
    const ready = living.some((p) => p.line.state.ready);
    const because = ready
      ? `${names(living)} was ready: there was no deadlock`
      : `${names(living)} had been made, so its creation was not refused`;
    return { links: [], broken: violated(because, [...outage.evidence, ...living.map((p) => p.line.seq)]) };
  }
  const controller = refusedController(view, outage);
  if (controller === undefined) {
    const blind = view.blind('Deployment', outage.from, outage.at) ?? view.blind('Event', outage.from, outage.to);
    const because = 'no webhook was seen to refuse the pods of the gatekeeper’s controller';
    const broken =
      blind === undefined ? violated(because, outage.evidence) : inconclusive(`${because}: ${blind}`, outage.evidence);
    return { links: [], broken };
  }
  const namespace = pods[0]?.ns ?? view.cluster?.gatekeeper.namespace;
  const missing = {
    to: controller.ref,
    why: 'its only pods are those that this controller may not make',
    evidence: [],
  };
  const rest = serviceLinks(view, outage, controller.webhook, missing, namespace);
  const target = rest.links[0]?.from ?? `Webhook/${controller.webhook}`;
  const refused: ChainLink = {
    from: controller.ref,
    to: target,
    why: `the pods that it wants to make are refused: "${controller.webhook}" cannot be called`,
    evidence: controller.evidence,
  };
  return { ...rest, links: [refused, ...rest.links] };
}

/**
 * The controller whose pods are refused. The Deployment's condition is as good as a FailedCreate event, and often the
 * only sign: events about the same failure are rate-limited.
 */
function refusedController(view: JournalView, outage: Outage): RefusedController | undefined {
  const owners = new Set(view.podsOf('gatekeeper').map((p) => p.owner));
  for (const event of view.events('FailedCreate', outage.from, outage.to)) {
    const webhook = uncallableWebhook(event.state.message);
    const name = event.state.regarding.split('/').at(-1);
    if (webhook !== undefined && owners.has(name))
      return { ref: event.state.regarding, webhook, evidence: [event.seq] };
  }
  for (const history of view.objects('Deployment')) {
    const line = history.seen.find(
      (s) => s.t >= outage.from && s.t <= outage.to && s.state.replicaFailure !== undefined,
    );
    const webhook = uncallableWebhook(line?.state.replicaFailure ?? '');
    if (line?.state.role === 'gatekeeper' && webhook !== undefined) {
      return { ref: objectRef(line), webhook, evidence: [line.seq] };
    }
  }
  return undefined;
}

/** Shape 2: the replacement exists, but waits behind pods that outrank it; meanwhile everybody else's pods are refused. */
export function traceStarvation(view: JournalView, outage: Outage): Trace {
  const hidden = view.blind('Pod', outage.from, outage.at);
  if (hidden !== undefined)
    return { links: [], broken: inconclusive(`the pods cannot be judged: ${hidden}`, outage.evidence) };
  const waiting = livingPods(view.podsOf('gatekeeper'), outage.at);
  const pending = waiting.find((p) => p.line.state.phase === 'Pending' && p.line.state.node === undefined);
  if (pending === undefined) {
    const because =
      waiting.length === 0 ? 'no replacement of the gatekeeper was made' : `${names(waiting)} did not wait for a node`;
    return { links: [], broken: violated(`${because}: it is not starved`, outage.evidence) };
  }
  const starved = starvedBy(view, outage, pending.line.state.priority);
  const verdict = unschedulable(view, outage, podRef(pending.pod));
  const said = pending.line.state.reason === 'Unschedulable' ? pending.line : undefined;
  if (said === undefined && verdict === undefined) {
    const because = `${podRef(pending.pod)} waits, but the scheduler was not seen to call it unschedulable`;
    return { links: [], broken: inconclusive(because, [...outage.evidence, pending.line.seq]) };
  }
  if (starved === undefined) {
    const because = `nothing that outranks ${podRef(pending.pod)} (priority ${pending.line.state.priority}) was placed on a node`;
    return { links: [], broken: violated(because, [...outage.evidence, pending.line.seq]) };
  }
  const message = said?.state.message ?? verdict?.state.message ?? 'Unschedulable';
  const behind: ChainLink = {
    from: podRef(pending.pod),
    to: starved.ref,
    why: `it cannot be placed, and outranked (${pending.line.state.priority} < ${starved.priority}) it may preempt nobody: ${message}`,
    evidence: [pending.line.seq, ...(verdict === undefined ? [] : [verdict.seq]), starved.seq],
  };
  const named = refusals(view, outage.from, outage.to).filter((r) => r.webhook !== undefined);
  // A refused controller says more than a refused probe of ours.
  const refused = named.find((r) => r.by === 'event') ?? named[0];
  if (refused?.webhook === undefined) {
    const asked = view.probes.some((p) => p.t >= outage.from && p.t <= outage.to && p.answer !== 'error');
    const because = 'nobody’s pods were refused by a dead webhook';
    const broken = asked
      ? violated(because, outage.evidence)
      : inconclusive(`${because}: nobody asked`, outage.evidence);
    return { links: [behind], broken };
  }
  const missing = { to: podRef(pending.pod), why: 'its only pod waits for a node', evidence: [pending.line.seq] };
  const rest = serviceLinks(view, outage, refused.webhook, missing);
  const others: ChainLink = {
    from: refused.object,
    to: rest.links[0]?.from ?? `Webhook/${refused.webhook}`,
    why: `new pods are refused: "${refused.webhook}" cannot be called`,
    evidence: [refused.seq],
  };
  return { ...rest, links: [others, ...rest.links, behind] };
}

function starvedBy(
  view: JournalView,
  outage: Outage,
  priority: number,
): { ref: string; priority: number; seq: number } | undefined {
  for (const pod of view.podsOf('security')) {
    const line = at(pod.seen, outage.at);
    if (line === undefined || line.state.node === undefined || line.state.priority <= priority) continue;
    return { ref: podRef(pod), priority: line.state.priority, seq: line.seq };
  }
  return undefined;
}

function unschedulable(view: JournalView, outage: Outage, pod: string) {
  return view.events('FailedScheduling', outage.from, outage.at).find((e) => e.state.regarding === pod);
}
