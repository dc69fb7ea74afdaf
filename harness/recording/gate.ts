import type { Gate } from '../../reports/recording.ts';
import { livingPods } from '../check/chain-links.ts';
import { tallyExposure } from '../check/exposure.ts';
import type { JournalView } from '../check/journal-view.ts';

const NAMED = 100;

/** The gate as the journal shows it: for what a report proposes to change. */
export function gateOf(view: JournalView): Gate {
  const tries = view.requests.filter((r) => r.intent === 'delete-rules');
  const shape = view.cluster?.shape;
  return {
    ...(shape === undefined ? {} : { shape }),
    ...guarded(view),
    mayNotOpen: [...new Set(tries.filter((r) => r.code === 403).map((r) => r.actor))],
    opened: [...new Set(tries.filter((r) => r.code >= 200 && r.code < 300).map((r) => r.object))],
    slippedIn: (tallyExposure(view)?.left ?? []).slice(0, NAMED).map((p) => `${p.ns}/${p.name}`),
  };
}

function guarded(view: JournalView): Pick<Gate, 'guarded'> {
  const t = view.mark('second-trigger.injected')?.t;
  if (t === undefined) return {};
  const pods = livingPods(view.podsOf('gatekeeper'), t);
  if (pods.length === 0) return {};
  return { guarded: { replicas: pods.length, priority: Math.min(...pods.map((p) => p.line.state.priority)) } };
}
