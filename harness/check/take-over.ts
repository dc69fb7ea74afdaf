import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';

/**
 * F16: the upgrade went through: helm was not refused, every gatekeeper pod is one of the new template in time, and it
 * enforced in the end. Measured: seconds from the start of `helm upgrade` until all pods were new.
 */
export function takeOver(view: JournalView, { withinSeconds = 300 }: { withinSeconds?: number } = {}): Finding {
  const started = view.mark('upgrade.started');
  if (started === undefined) return neverReached(view, 'upgrade.started');
  const refused = view.mark('upgrade.refused');
  if (refused !== undefined) {
    return violated(`helm upgrade was refused: ${refused.data?.message}`, [started.seq, refused.seq]);
  }
  const applied = view.mark('upgrade.applied');
  if (applied === undefined) return neverReached(view, 'upgrade.applied', [started.seq]);
  const done = view.mark('upgrade.rolled-out');
  const limits = { limit: withinSeconds, unit: 's' };
  if (done === undefined) {
    const why = view.phases.find((p) => p.ok === false)?.reason;
    // Cut off, it may only not have happened yet.
    if (view.ended?.how !== 'stopped' || why === undefined)
      return neverReached(view, 'upgrade.rolled-out', [applied.seq]);
    return violated(`the new version did not take over: ${why}`, [started.seq, applied.seq], limits);
  }
  const measured = { measured: done.t - started.t, ...limits };
  const evidence = [started.seq, applied.seq, done.seq];
  const version = String(started.data?.to);
  const images = String(done.data?.images);
  if (!images.split(', ').every((image) => image.endsWith(version))) {
    return violated(`not every pod runs ${version}: ${images}`, evidence, measured);
  }
  if (measured.measured > withinSeconds) {
    return violated(`it took ${secs(measured.measured)} until every pod was a new one`, evidence, measured);
  }
  const enforcing = view.mark('upgrade.enforcing');
  if (enforcing === undefined) {
    const why = view.phases.find((p) => p.ok === false)?.reason;
    if (view.ended?.how === 'stopped' && why !== undefined) {
      return violated(`the new version does not enforce: ${why}`, evidence, measured);
    }
    return inconclusive('the run ended before the new version was seen to enforce', evidence, measured);
  }
  const from = String(started.data?.from);
  const because = `${from} → ${version}: every pod was new after ${secs(measured.measured)}, and enforced`;
  return holds(because, [...evidence, enforcing.seq], measured);
}
