import type { Finding } from './finding.ts';
import { intruders } from './intruders.ts';
import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';
import { closing, opening } from './windows.ts';

export interface ExposureTally {
  seconds: number;
  /** Violating pods that were made in the window, whoever made them. */
  admitted: PodLife[];
  /** Those of them that were still there when the watch ended. */
  left: PodLife[];
  evidence: number[];
  /** Why the numbers are not to be trusted. */
  doubt: string | undefined;
  /** Violating pods that came in after the gate was said to enforce again. */
  late: PodLife[];
}

/**
 * F15: how long nothing was enforced, and which violating pods came in meanwhile and are still there. It holds when
 * the exposure was really counted, and there was one. Measured: violating pods admitted.
 */
export function exposure(view: JournalView, { maxGapSeconds = 5 }: { maxGapSeconds?: number } = {}): Finding {
  const deleted = view.mark('rules.deleted');
  if (deleted === undefined) return neverReached(view, 'rules.deleted');
  const tally = tallyExposure(view, maxGapSeconds);
  if (tally === undefined) return neverReached(view, 'gate.enforcing', [deleted.seq]);
  const { seconds, admitted, left, late, evidence, doubt } = tally;
  const measured = { measured: admitted.length, limit: 1, unit: 'pods' };
  if (late.length > 0) {
    const because = `${plural(late.length, 'violating pod')} (${names(late)}) came in after the gate was said to enforce`;
    return violated(because, [...evidence, ...late.map((p) => p.first.seq)], measured);
  }
  if (doubt !== undefined) return inconclusive(`the exposure was not measured: ${doubt}`, evidence, measured);
  const pods = admitted.map((p) => p.first.seq);
  if (seconds <= 0) return violated('the gate enforced as soon as the rules were gone', evidence, measured);
  if (admitted.length === 0)
    return violated(`nothing slipped through in ${secs(seconds)} without rules`, evidence, measured);
  return holds(
    `${secs(seconds)} without enforcement let in ${plural(admitted.length, 'violating pod')} (${names(admitted)}); ` +
      `${left.length} of them still there at the end`,
    [...evidence, ...pods],
    measured,
  );
}

/** The exposure, counted; undefined while its window is not closed by both marks. */
export function tallyExposure(view: JournalView, maxGapSeconds = 5): ExposureTally | undefined {
  const deleted = opening(view);
  const enforcing = closing(view);
  if (deleted === undefined || enforcing === undefined) return undefined;
  const [from, to] = [deleted.t, enforcing.t];
  const probes = view.probes.filter((p) => p.probe === 'exposure' && p.subject === 'violating');
  // The answer is journalled after the pod was let in: what counts is when the request was made.
  const asked = new Map(probes.flatMap((p) => (p.object === undefined ? [] : [[p.object, p.t - p.seconds] as const])));
  const fresh = [...view.pods()].filter((p) => p.createdInSight && p.first.t >= from);
  // Others' pods are audited once, when the gate is closed again: who of them came later was judged on the way in.
  const { violating: slipped, unjudged } = intruders(
    view,
    fresh.filter((p) => p.role === 'violating' || p.first.t <= to),
  );
  const late = slipped.filter((p) => (asked.get(podRef(p)) ?? p.first.t) > to);
  const admitted = slipped.filter((p) => !late.includes(p));
  const end = view.watchedUntil('Pod');
  const inside = probes.filter((p) => p.t >= from && p.t <= to);
  return {
    seconds: to - from,
    admitted,
    left: admitted.filter((p) => p.gone === undefined && !p.last.deleting),
    late,
    evidence: [deleted.seq, enforcing.seq],
    doubt:
      view.blind('Pod', from, Math.max(end, to)) ??
      neverProbed(inside, from, to, maxGapSeconds) ??
      disagreement(inside, admitted) ??
      (unjudged.length === 0 ? undefined : `nobody can say whether ${few(unjudged)} may be there`),
  };
}

type Probe = JournalView['probes'][number];

/** An error gives no verdict, so it does not end a gap between probes. */
function neverProbed(probes: readonly Probe[], from: number, to: number, maxGap: number): string | undefined {
  if (probes.length === 0) return 'nobody tried a violating pod meanwhile';
  const told = probes.filter((p) => p.answer !== 'error');
  if (told.length === 0) return `all ${probes.length} probes failed: ${probes[0]?.message}`;
  const times = [from, ...told.map((p) => p.t), to];
  const hole = times.slice(1).findIndex((t, i) => t - times[i]! > maxGap);
  if (hole < 0) return undefined;
  return `no probe got an answer from ${secs(times[hole]!)} to ${secs(times[hole + 1]!)}, more than ${secs(maxGap)}`;
}

function disagreement(probes: readonly Probe[], admitted: readonly PodLife[]): string | undefined {
  const seen = new Set(admitted.map(podRef));
  const through = probes.filter((p) => p.answer === 'admitted');
  const unseen = through.filter((p) => p.object === undefined || !seen.has(p.object));
  if (unseen.length > 0) {
    return `probes say that ${few(unseen.map((p) => p.object ?? 'a pod'))} was let in, the Pod watch never saw it`;
  }
  if (through.length === 0 && admitted.length > 0) {
    return `the Pod watch saw ${few(admitted.map(podRef))}, but every probe of the time was turned away`;
  }
  return undefined;
}

function names(pods: readonly PodLife[]): string {
  return few(pods.map((p) => p.name));
}
