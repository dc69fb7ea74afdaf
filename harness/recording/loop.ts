import type { Cut, Loop, LoopLink } from '../../reports/recording.ts';
import { chain, deadlockChain } from '../check/deadlock-chain.ts';
import type { JournalView } from '../check/journal-view.ts';
import { opening } from '../check/windows.ts';

/** The proven loop of F9, with the link that was cut to get out; undefined when it was not proven. */
export function loopOf(view: JournalView): Loop | undefined {
  const shape = view.cluster?.shape;
  if (shape === undefined || deadlockChain(view).verdict !== 'holds') return undefined;
  const links = chain(view);
  const cut = cutOf(view, links);
  return { shape, links, ...(cut === undefined ? {} : { cut }) };
}

/** Deleting a webhook configuration takes away the link to it; withdrawing what outranks the gatekeeper, the link to that. */
function cutOf(view: JournalView, links: readonly LoopLink[]): Cut | undefined {
  const deleted = view.requests.filter((r) => r.intent === 'delete-rules' && r.code >= 200 && r.code < 300);
  for (const request of deleted) {
    const link = links.findIndex(({ to }) => to === request.object || to.startsWith(`${request.object}#`));
    if (link >= 0) {
      const t = opening(view)?.t ?? request.t;
      return { link, t, seq: request.seq, what: `${request.actor} deleted ${request.object}` };
    }
  }
  const removed = view.mark('trigger.removed');
  const last = links.length - 1;
  if (removed === undefined || !links[last]?.to.startsWith('Pod/') || view.cluster?.shape !== 'starvation') return;
  return { link: last, t: removed.t, seq: removed.seq, what: 'the pod that outranks it was withdrawn' };
}
