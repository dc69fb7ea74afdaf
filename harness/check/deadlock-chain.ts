import type { ChainLink, Outage, Trace } from './chain-links.ts';
import { traceSelfAdmission, traceStarvation } from './deadlock-shapes.ts';
import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { holds, inconclusive, neverReached, violated } from './verdicts.ts';
import { collision, fall } from './windows.ts';

export type { ChainLink } from './chain-links.ts';

/** F9: the loop, named object by object: who is refused, by which webhook, served by which Service, whose pods are missing. Measured: its links. */
export function deadlockChain(view: JournalView): Finding {
  const { links, broken } = trace(view);
  if (broken !== undefined) return broken;
  const path = [links[0]?.from, ...links.map((l) => l.to)].join(' → ');
  return holds(
    path,
    links.flatMap((l) => l.evidence),
    { measured: links.length, unit: 'links' },
  );
}

/** The links of the deadlock, for reports; those before the break when it does not close. */
export function chain(view: JournalView): ChainLink[] {
  return trace(view).links;
}

function trace(view: JournalView): Trace {
  const shape = view.cluster?.shape;
  if (shape === undefined) return { links: [], broken: inconclusive('the cluster was never ready') };
  const clusterSeq = [view.cluster!.seq];
  if (shape === 'none') return { links: [], broken: violated('the webhooks of this profile fail open', clusterSeq) };
  if (shape === 'bootstrap') {
    return {
      links: [],
      broken: inconclusive('the chain of the bootstrap shape runs through nodes and is not read here', clusterSeq),
    };
  }
  const outage = outageOf(view, shape);
  if ('verdict' in outage) return { links: [], broken: outage };
  return shape === 'starvation' ? traceStarvation(view, outage) : traceSelfAdmission(view, outage);
}

/**
 * The moment to read the chain at. Starvation is over once the trigger is gone, so it is read just before;
 * self-admission is read when the hold begins, because whether it lasts is for `noSelfHealing` to say.
 */
function outageOf(view: JournalView, shape: 'self-admission' | 'starvation'): Outage | Finding {
  const within = collision(view);
  if (within === undefined) return neverReached(view, 'trigger.injected');
  const phase = view.phase('deadlock');
  const started = view.mark('hold.started')?.t;
  const removed = view.mark('trigger.removed')?.t;
  const moment = (shape === 'starvation' ? removed : started) ?? phase?.to;
  if (moment === undefined) return neverReached(view, 'deadlock', [within.triggerSeq]);
  const { step, blind } = fall(view, within);
  if (step === undefined || blind !== undefined) {
    if (blind !== undefined) return inconclusive(`the outage cannot be judged: ${blind}`, [within.triggerSeq]);
    return violated('a gatekeeper replica was ready all along: there was no deadlock', [within.triggerSeq]);
  }
  const to = Math.min(view.mark('rules.deleted')?.t ?? within.to, shape === 'starvation' ? moment : within.to);
  return { from: step.t, at: moment, to, evidence: [within.triggerSeq, step.seq] };
}
