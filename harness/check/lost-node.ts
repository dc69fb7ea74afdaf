import type { JournalView } from './journal-view.ts';
import { secs } from './verdicts.ts';

/**
 * A real node that fell silent and never came back, as when its container is killed: no fault of any experiment does that,
 * so what looks like the cluster's doing may be its loss. Undefined when all nodes were there to the end.
 */
export function lostNode(view: JournalView): { because: string; evidence: number[] } | undefined {
  for (const { name, seen } of view.objects('Node')) {
    const last = seen.findLast((s) => s.op !== 'deleted');
    if (last === undefined || last.state.fake || last.state.ready || last.state.reason !== 'NodeStatusUnknown')
      continue;
    return { because: `node ${name} was lost ${secs(last.t)} into the run`, evidence: [last.seq] };
  }
  const lost = view.lost('Process');
  return lost && { because: `a node was lost ${secs(lost.from)} into the run (${lost.reason})`, evidence: [] };
}
