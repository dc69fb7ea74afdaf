import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { readiness } from './readiness.ts';
import { holds, inconclusive, neverReached, secs, violated } from './verdicts.ts';
import { collision, fall } from './windows.ts';

export interface StarvationOptions {
  /** How long it must have starved, in seconds. */
  forSeconds?: number;
}

/** F12, the other shape: while the trigger stays, the gatekeeper's replacement waits and never becomes ready. Measured: seconds starved. */
export function starvation(view: JournalView, { forSeconds = 45 }: StarvationOptions = {}): Finding {
  const within = collision(view);
  if (within === undefined) return neverReached(view, 'trigger.injected');
  const { step, blind } = fall(view, within);
  if (step === undefined) {
    if (blind !== undefined) return inconclusive(blind, [within.triggerSeq]);
    return violated('the gatekeeper was never without a ready replica', [within.triggerSeq]);
  }
  const removed = view.mark('trigger.removed');
  const to = removed?.t ?? view.end;
  const { steps, blind: hidden } = readiness(view, step.t, to);
  const measured = { measured: to - step.t, limit: forSeconds, unit: 's' };
  const back = steps.find((s) => s.t > step.t && s.t < to && s.ready > 0);
  if (back !== undefined) {
    const because = `it was ready again ${secs(back.t - step.t)} later, with the trigger still in place`;
    return violated(because, [step.seq, back.seq], measured);
  }
  if (hidden !== undefined) return inconclusive(`nobody watched it starve: ${hidden}`, [step.seq], measured);
  if (removed === undefined) return neverReached(view, 'trigger.removed', [step.seq]);
  const evidence = [step.seq, removed.seq];
  const waiting = view
    .podsOf('gatekeeper')
    .flatMap((pod) => pod.seen)
    .find((s) => s.t >= step.t - 1 && s.t < to && s.state.reason === 'Unschedulable');
  if (waiting === undefined) return inconclusive('no replacement was seen to wait for a node', evidence, measured);
  if (to - step.t < forSeconds) {
    return inconclusive(`it starved for ${secs(to - step.t)} only, ${secs(forSeconds)} are asked`, evidence, measured);
  }
  return holds(
    `for ${secs(to - step.t)} ${waiting.name} waited for a node: ${waiting.state.message ?? waiting.state.reason}`,
    [...evidence, waiting.seq],
    measured,
  );
}
