import { type Boomerang, boomerang, made } from './boomerang.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { podRef } from './object-index.ts';
import { refusedByDeadWebhook, uncallableWebhook } from './refusals.ts';
import { schedulerLoad } from './scheduler-load.ts';
import { few, holds, inconclusive, plural, secs, violated } from './verdicts.ts';

type Told = { told: Boomerang; seqs: number[] } | { finding: Finding };

function told(view: JournalView): Told {
  const found = boomerang(view);
  if ('why' in found) return { finding: inconclusive(found.why, found.seqs) };
  return { told: found, seqs: found.waves.flatMap((w) => w.seqs) };
}

/** F11: every pod that a clean-up removed was made again. Measured: how many came back. */
export function comesBack(view: JournalView): Finding {
  const seen = told(view);
  if ('finding' in seen) return seen.finding;
  const { waves } = seen.told;
  const removed = waves.reduce((sum, w) => sum + w.removed.length, 0);
  if (removed === 0) return inconclusive('no pod was removed, so none could come back', seen.seqs);
  const back = waves.reduce((sum, w) => sum + w.cameBack.length, 0);
  const measured = { measured: back, limit: removed, unit: 'pods' };
  const all = waves.map((w) => `${w.cameBack.length} of ${w.removed.length}${middleOf(w.cameBack)}`).join(', then ');
  if (back < removed) return violated(`not all came back: ${all}`, seen.seqs, measured);
  return holds(`they came back: ${all}`, seen.seqs, measured);
}

/** F11: after the clean-up no pod of the fan-out was made any more. Measured: how many were. */
export function staysAway(view: JournalView): Finding {
  const seen = told(view);
  if ('finding' in seen) return seen.finding;
  const { waves, ended, end } = seen.told;
  if (waves.every((w) => w.accepted === 0)) return inconclusive('no clean-up was accepted', seen.seqs);
  const fresh = made(view, waves[0]!.answered, end);
  const measured = { measured: fresh.length, limit: 0, unit: 'pods' };
  if (fresh.length > 0) {
    const evidence = [...seen.seqs, ...fresh.slice(0, 4).map((p) => p.first.seq)];
    return violated(`${plural(fresh.length, 'pod')} came after it: ${few(fresh.map(podRef), 3)}`, evidence, measured);
  }
  return holds(`no pod came in the ${secs(end - ended)} after it`, seen.seqs, measured);
}

/** F11: every request of the clean-up was refused for want of the webhook. Measured: how many were accepted. */
export function cleanUpRefused(view: JournalView): Finding {
  const seen = told(view);
  if ('finding' in seen) return seen.finding;
  const { waves } = seen.told;
  const asked = waves.reduce((sum, w) => sum + w.asked, 0);
  const accepted = waves.reduce((sum, w) => sum + w.accepted, 0);
  if (asked === 0) return inconclusive('there was nothing to clean up', seen.seqs);
  const measured = { measured: accepted, limit: 0, unit: 'requests' };
  if (accepted > 0) return violated(`${accepted} of ${asked} requests were accepted`, seen.seqs, measured);
  const other = waves.find((w) => w.refusal === undefined);
  if (other !== undefined)
    return violated(`${other.how} was refused, but not for want of the webhook`, seen.seqs, measured);
  const webhook = uncallableWebhook(waves[0]?.refusal ?? '');
  return holds(`all ${plural(asked, 'request')} refused: nobody answers webhook ${webhook}`, seen.seqs, measured);
}

/**
 * F11: pods whose removal was accepted can neither go nor be counted, as the dead webhook refuses to take their finalizer
 * off, even to the platform admin. Measured: pods that the finalizer holds.
 */
export function podsHeld(view: JournalView): Finding {
  const seen = told(view);
  if ('finding' in seen) return seen.finding;
  const stock = view.mark('stock.taken');
  if (stock === undefined) return inconclusive('nobody counted the pods', seen.seqs);
  const tried = view.requests.find((r) => r.intent === 'remove-finalizer');
  const evidence = [...seen.seqs, stock.seq, ...(tried === undefined ? [] : [tried.seq])];
  const removed = seen.told.waves.flatMap((w) => w.removed);
  if (removed.length === 0) return inconclusive('no removal was accepted', evidence);
  const held = Number(stock.data?.held);
  const measured = { measured: held, limit: removed.length, unit: 'pods' };
  const gone = removed.filter((p) => p.gone !== undefined && p.gone.t <= stock.t);
  if (gone.length > 0)
    return violated(`${plural(gone.length, 'pod')} of ${removed.length} could go`, evidence, measured);
  if (held < removed.length) {
    return violated(`${removed.length - held} of ${removed.length} were counted and let go of`, evidence, measured);
  }
  if (tried === undefined) return inconclusive('nobody tried to take a finalizer off', evidence, measured);
  if (!refusedByDeadWebhook(tried)) {
    return violated(
      `a finalizer could be taken off, or was kept for another reason (${tried.code})`,
      evidence,
      measured,
    );
  }
  const webhook = uncallableWebhook(tried.message);
  return holds(
    `${plural(held, 'pod')} held by a finalizer that webhook ${webhook} lets nobody remove`,
    evidence,
    measured,
  );
}

/** F11: what came back had to be placed again. Measured: the scheduler's attempts, by its own count. */
export function schedulerLoaded(view: JournalView): Finding {
  const seen = told(view);
  if ('finding' in seen) return seen.finding;
  const { waves, end } = seen.told;
  const load = schedulerLoad(view, waves[0]!.from, end);
  if (load === undefined) return inconclusive('the scheduler’s metrics were not read all along', seen.seqs);
  const back = waves.reduce((sum, w) => sum + w.cameBack.length, 0);
  if (back === 0) return inconclusive('nothing came back, so there was nothing to place', seen.seqs);
  const measured = { measured: load.attempts, limit: back, unit: 'attempts' };
  const words = `${plural(load.attempts, 'attempt')}, ${load.attemptsInVain} in vain, for ${plural(back, 'pod')} that came back`;
  if (load.attempts < back) return violated(words, seen.seqs, measured);
  return holds(`${words}; up to ${load.depthMost} in its queues (${load.depthBefore} before)`, seen.seqs, measured);
}

function middleOf(seconds: readonly number[]): string {
  const median = medianOf(seconds);
  return median === undefined ? '' : ` (half of them within ${secs(median)})`;
}

/** Of sorted numbers. */
export function medianOf(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
