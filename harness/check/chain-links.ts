import type { ObjectSeen } from '../journal/events.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { at, type PodLife, podRef, type Seen } from './object-index.ts';
import { readyAt, serviceRef, sliceSteps } from './readiness.ts';
import { few, inconclusive, violated } from './verdicts.ts';

/** One arrow of the deadlock: `from` cannot go on because of `to`. Objects are `Kind/namespace/name`. */
export interface ChainLink {
  from: string;
  to: string;
  why: string;
  evidence: number[];
}

/** The links found so far, and the finding that says why they do not close, if they do not. */
export interface Trace {
  links: ChainLink[];
  broken?: Finding;
}

/** A moment of the outage to look at, and the interval before it that has to be in sight. */
export interface Outage {
  from: number;
  /** When the state is read. */
  at: number;
  /** Up to when refusals count. */
  to: number;
  evidence: number[];
}

const CONFIG_KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

type Config = Seen<(typeof CONFIG_KINDS)[number]>;

/**
 * The links webhook → Service → missing pods, at one moment. `missing` is what stands where a ready pod should be.
 * `covering` is a namespace that the webhook must not exclude.
 */
export function serviceLinks(
  view: JournalView,
  outage: Outage,
  webhook: string,
  missing: { to: string; why: string; evidence: number[] },
  covering?: string,
): Trace {
  const config = configOf(view, webhook, outage.at);
  if (config === undefined) {
    const hidden = CONFIG_KINDS.map((kind) => view.blind(kind, outage.at, outage.at)).find((b) => b !== undefined);
    const because = `no webhook configuration holds "${webhook}"`;
    if (hidden !== undefined) return { links: [], broken: inconclusive(`${because}: ${hidden}`, outage.evidence) };
    return { links: [], broken: violated(`${because}, so nothing can have been refused by it`, outage.evidence) };
  }
  const stale = view.blind(config.kind, outage.from, outage.at);
  if (stale !== undefined) {
    return {
      links: [],
      broken: inconclusive(`whether "${webhook}" was still there cannot be judged: ${stale}`, [config.seq]),
    };
  }
  const entry = config.state.webhooks.find((w) => w.name === webhook)!;
  const ref = `${config.kind}/${config.name}#${webhook}`;
  if (entry.failurePolicy !== 'Fail') {
    return { links: [], broken: violated(`${ref} fails open (failurePolicy ${entry.failurePolicy})`, [config.seq]) };
  }
  if (covering !== undefined && entry.excludedNamespaces.includes(covering)) {
    return {
      links: [],
      broken: violated(`${ref} excludes the namespace ${covering} of the gatekeeper itself`, [config.seq]),
    };
  }
  const service = serviceRef(entry.service);
  const serviceName = `Service/${service}`;
  const served: ChainLink = {
    from: ref,
    to: serviceName,
    why: 'it fails closed, and this Service is the only one that answers for it',
    evidence: [config.seq],
  };
  const hidden = view.blind('EndpointSlice', outage.from, outage.at);
  const step = readyAt(sliceSteps(view, new Set([service])), outage.at);
  if (hidden !== undefined || step === undefined) {
    const because = hidden ?? `no EndpointSlice of ${serviceName} was ever seen`;
    return { links: [served], broken: inconclusive(`the endpoints cannot be judged: ${because}`, served.evidence) };
  }
  if (step.ready > 0) {
    const because = `${serviceName} had ${step.ready} ready endpoints at ${outage.at.toFixed(1)} s: there was no deadlock`;
    return { links: [served], broken: violated(because, [...served.evidence, step.seq]) };
  }
  const empty: ChainLink = {
    from: serviceName,
    to: missing.to,
    why: `it has 0 ready endpoints: ${missing.why}`,
    evidence: [step.seq, ...missing.evidence],
  };
  return { links: [served, empty] };
}

function configOf(view: JournalView, webhook: string, t: number): Config | undefined {
  return CONFIG_KINDS.flatMap((kind) =>
    view.objects(kind).map((h) => at<(typeof CONFIG_KINDS)[number]>(h.seen, t)),
  ).find((line) => line?.state.webhooks.some((w) => w.name === webhook));
}

/** Gatekeeper pods that exist at a time and are neither on their way out nor finished, with their line of that time. */
export function livingPods(pods: readonly PodLife[], t: number): { pod: PodLife; line: Seen<'Pod'> }[] {
  return pods.flatMap((pod) => {
    const line = at(pod.seen, t);
    const alive = line !== undefined && !line.state.deleting && !['Succeeded', 'Failed'].includes(line.state.phase);
    return alive ? [{ pod, line }] : [];
  });
}

export function names(pods: readonly { pod: PodLife }[]): string {
  return few(pods.map((p) => podRef(p.pod)));
}

export function objectRef(line: Pick<ObjectSeen, 'kind' | 'ns' | 'name'>): string {
  return line.ns === undefined ? `${line.kind}/${line.name}` : `${line.kind}/${line.ns}/${line.name}`;
}
