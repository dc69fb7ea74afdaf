import type { Outcome } from '../../reports/result.ts';
import type { JournalView } from './journal-view.ts';
import { signOfLife } from './no-self-healing.ts';
import { readiness } from './readiness.ts';
import { collision, fall } from './windows.ts';

/**
 * What the unprotected cluster did: `fell` when the gatekeeper was gone and still was at the end of the hold,
 * `limped` when it came back by itself, `stood` when it was never gone; `unknown` when the journal cannot say.
 */
export function outcome(view: JournalView): Outcome {
  // A cell that starts from a proven deadlock, or the preparation that ends with one: it lay there until somebody helped.
  if (view.mark('deadlock.proven') !== undefined) return 'fell';
  const within = collision(view);
  if (within === undefined) return 'unknown';
  const { step, blind } = fall(view, within);
  if (step === undefined) {
    // The window has to have been watched to an end that the method chose, or standing means nothing.
    const finished = view.mark('trigger.removed') ?? view.mark('hold.ended') ?? view.mark('stand.ended');
    return blind === undefined && finished !== undefined ? 'stood' : 'unknown';
  }
  const healed = selfHealed(view);
  if (healed === undefined) return 'unknown';
  return healed ? 'limped' : 'fell';
}

/** Did the gatekeeper come back before anybody deleted the rules; undefined when the hold was not made to its end or not in sight. */
export function selfHealed(view: JournalView): boolean | undefined {
  const removed = view.mark('trigger.removed');
  const ended = view.mark('hold.ended');
  if (removed === undefined || view.mark('hold.started') === undefined) return undefined;
  const to = ended?.t ?? Math.min(view.mark('rules.deleted')?.t ?? view.end, view.end);
  const before = readiness(view, removed.t, to);
  if (signOfLife(view, removed.t, to) !== undefined) return true;
  if (ended === undefined || before.blind !== undefined || view.blind('Pod', removed.t, to) !== undefined)
    return undefined;
  return false;
}
