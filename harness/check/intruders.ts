import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';

export interface Intruders {
  violating: PodLife[];
  /** Pods of others that nobody could judge: they were gone, or the gatekeeper was. */
  unjudged: string[];
}

/** falldown's own violating pods, and those of others that the gatekeeper refused when they were shown to it afterwards. */
export function intruders(view: JournalView, fresh: readonly PodLife[]): Intruders {
  const verdicts = new Map(
    view.probes.flatMap((p) => (p.probe === 'audit' && p.object !== undefined ? [[p.object, p.answer] as const] : [])),
  );
  const violating: PodLife[] = [];
  const unjudged: string[] = [];
  for (const pod of fresh) {
    if (pod.role === 'violating') violating.push(pod);
    else if (pod.role === undefined) {
      const verdict = verdicts.get(podRef(pod));
      if (verdict === 'refused') violating.push(pod);
      else if (verdict !== 'admitted') unjudged.push(podRef(pod));
    }
  }
  return { violating, unjudged };
}
