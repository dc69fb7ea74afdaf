import type { ForecastWave } from '../journal/forecast.ts';
import { workloadOf } from '../kube/owner.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { at, type PodLife, podRef } from './object-index.ts';
import { few, holds, inconclusive, neverReached, plural, violated } from './verdicts.ts';

/** What was seen of a wave, in the words of a forecast; counts by `by → victim` and by workload. */
export interface WatchedWave {
  wave: number;
  from: number;
  to: number;
  evictions: Record<string, number>;
  waiting: Record<string, number>;
  refused: Record<string, number>;
  seqs: number[];
}

/**
 * F7: who was evicted for whom, who waits and who could not be made was forecast before it happened, and came true in
 * every wave. Measured: waves that came true. A mismatch is violated, both sides shown, unless the forecast itself had
 * said that the manifests do not decide.
 */
export function forecastComesTrue(view: JournalView): Finding {
  const made = view.forecasts[0];
  if (made === undefined) return neverReached(view, 'forecast');
  const { forecast } = made;
  const first = view.marks('wave.began').find((m) => m.data?.wave === 1);
  if (first !== undefined && first.seq < made.seq)
    return inconclusive('the forecast was written down after the first wave had begun', [made.seq, first.seq]);
  const evidence = [made.seq];
  const wrong: string[] = [];
  let evictions = 0;
  for (const expected of forecast.waves) {
    const seen = watchedWave(view, expected.wave);
    if (seen === undefined) return neverReached(view, `wave.settled (wave ${expected.wave})`, evidence);
    const blind = view.blind('Pod', made.t, seen.to) ?? view.blind('Event', seen.from, seen.to);
    if (blind !== undefined) return inconclusive(`wave ${expected.wave} was not in sight: ${blind}`, evidence);
    evidence.push(...seen.seqs);
    evictions += Object.values(seen.evictions).reduce((a, b) => a + b, 0);
    wrong.push(...differences(expected, seen));
  }
  const total = forecast.waves.length;
  const bad = new Set(wrong.map((line) => line.split(':')[0])).size;
  const measured = { measured: total - bad, limit: total, unit: 'waves' };
  if (wrong.length > 0) {
    if (!forecast.certain) {
      const because = `it came otherwise, and the forecast had said that it may: ${forecast.doubt}; ${few(wrong)}`;
      return inconclusive(because, evidence, measured);
    }
    return violated(few(wrong), evidence, measured);
  }
  return holds(
    `${plural(evictions, 'eviction')} in ${plural(total, 'wave')}, each one forecast from the manifests, and who waits or is refused as well`,
    evidence,
    measured,
  );
}

/** Pods of the harness and of the fan-out, which no forecast is about. */
const OURS = new Set(['violating', 'good', 'sampled', 'encoding']);

export function evictionsOf(wave: ForecastWave): Record<string, number> {
  return Object.fromEntries(wave.evictions.map((e) => [`${e.by} → ${e.victim}`, e.pods]));
}

function differences(expected: ForecastWave, seen: WatchedWave): string[] {
  const sides: [string, Record<string, number>, Record<string, number>][] = [
    ['evicted', evictionsOf(expected), seen.evictions],
    ['waiting', expected.waiting, seen.waiting],
    ['refused', expected.refused, seen.refused],
  ];
  return sides.flatMap(([what, a, b]) => {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => (a[k] ?? 0) !== (b[k] ?? 0));
    return keys.map((k) => `wave ${expected.wave}: ${what} ${k}: forecast ${a[k] ?? 0}, watched ${b[k] ?? 0}`);
  });
}

/** Undefined when the wave was not watched to its end. */
export function watchedWave(view: JournalView, wave: number): WatchedWave | undefined {
  const [began, settled] = ['wave.began', 'wave.settled'].map((m) => view.marks(m).find((l) => l.data?.wave === wave));
  if (began === undefined || settled === undefined) return undefined;
  const pods = [...view.pods()].filter((p) => !OURS.has(p.role ?? ''));
  const refs = new Map(pods.map((p) => [podRef(p), p]));
  const byUid = new Map(pods.map((p) => [p.uid, p]));
  const evictions: Record<string, number> = {};
  const seqs = [began.seq, settled.seq];
  for (const event of view.events('Preempted', began.t, settled.t)) {
    const victim = refs.get(event.state.regarding);
    // The scheduler names the winner by its UID only: "Preempted by pod UID on node NODE".
    const winner = byUid.get(/Preempted by pod (\S+)/.exec(event.state.message)?.[1] ?? '');
    const name = (pod: PodLife | undefined, otherwise: string) => (pod === undefined ? otherwise : workloadRef(pod));
    const key = `${name(winner, 'somebody unknown')} → ${name(victim, event.state.regarding)}`;
    evictions[key] = (evictions[key] ?? 0) + 1;
    seqs.push(event.seq);
  }
  const alive = pods.flatMap((p) => {
    const line = at(p.seen, settled.t);
    return line === undefined || line.state.deleting
      ? []
      : [{ ref: workloadRef(p), placed: line.state.node !== undefined }];
  });
  const waiting: Record<string, number> = {};
  for (const { ref, placed } of alive) if (!placed) waiting[ref] = (waiting[ref] ?? 0) + 1;
  const refused: Record<string, number> = {};
  for (const [ref, wanted] of wantedPods(view, wave, pods)) {
    const missing = wanted - alive.filter((p) => p.ref === ref).length;
    if (missing > 0) refused[ref] = missing;
  }
  return { wave, from: began.t, to: settled.t, evictions, waiting, refused, seqs };
}

/** Pods that should be there at the end of a wave: of the workloads that have come, and of the gatekeeper. */
function wantedPods(view: JournalView, wave: number, pods: readonly PodLife[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const w of view.forecasts[0]?.forecast.workloads ?? []) if (w.wave <= wave) wanted.set(w.ref, w.pods);
  const gatekeeper = pods.find((p) => p.role === 'gatekeeper');
  if (gatekeeper !== undefined && view.cluster !== undefined)
    wanted.set(workloadRef(gatekeeper), view.cluster.gatekeeper.replicas);
  return wanted;
}

function workloadRef(pod: PodLife): string {
  return workloadOf(pod.ns, pod.last.owner, pod.name);
}
