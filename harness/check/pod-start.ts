import { quantile } from './api-record.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { few, holds, inconclusive, plural, secs, violated } from './verdicts.ts';
import { span, type Within } from './windows.ts';

/**
 * p99 in seconds from a pod's creation until it is seen to run. Source: "Pod startup latency SLI/SLO details",
 * kubernetes/community, sig-scalability/slos/pod_startup_latency.md; images are there already on every cluster of ours.
 */
const POD_START_SECONDS = 5;

export interface PodStartOptions extends Within {
  withinSeconds?: number;
  /** The part that the pods play: `encoding` unless told otherwise. */
  role?: string;
}

/** Pods run as soon as Kubernetes promises: p99 from creation to running, by the watch. One that never ran took forever. */
export function podStart(
  view: JournalView,
  { withinSeconds = POD_START_SECONDS, role = 'encoding', ...where }: PodStartOptions = {},
): Finding {
  const within = span(view, where);
  if (typeof within === 'string') return inconclusive(within);
  const pods = view.podsOf(role).filter((p) => p.createdInSight && p.first.t >= within.from && p.first.t <= within.to);
  const end = view.watchedUntil('Pod');
  const took = pods.map((pod) => {
    const ran = pod.running ?? pod.succeeded;
    return { pod, at: ran?.t, seconds: ran === undefined ? end - pod.first.t : ran.t - pod.first.t };
  });
  took.sort((a, b) => b.seconds - a.seconds);
  const best = quantile(Float64Array.from(took, (t) => t.seconds).sort(), 0.99);
  const hidden = view.blind('Pod', within.from, Math.min(end, within.to + withinSeconds));
  if (hidden !== undefined) return inconclusive(hidden);
  if (best === undefined) return inconclusive(`no pod of ${role} was made${within.where}`);
  const evidence = took.slice(0, 5).map((t) => t.pod.first.seq);
  const measured = { measured: best, limit: withinSeconds, unit: 's' };
  const count = plural(pods.length, 'pod');
  if (best > withinSeconds) {
    const names = few(took.slice(0, 3).map((t) => `${podRef(t.pod)} ${secs(t.seconds)}`));
    return violated(
      `p99 of ${count} was ${secs(best)}, ${secs(withinSeconds)} are promised: ${names}`,
      evidence,
      measured,
    );
  }
  // Made so shortly before the end that nobody knows whether it ran in time.
  const open = took.filter((t) => t.at === undefined).length;
  if (open > pods.length / 100)
    return inconclusive(`${plural(open, 'pod')} of ${count} had no time to run`, evidence, measured);
  return holds(`p99 of ${count} was ${secs(best)}${within.where}`, evidence, measured);
}
