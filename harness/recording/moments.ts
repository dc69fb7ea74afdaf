import type { Moment } from '../../reports/recording.ts';
import type { JournalView } from '../check/journal-view.ts';
import { countRefusals, refusals } from '../check/refusals.ts';
import { unwindingSteps } from '../check/unwinding.ts';
import { toMs } from '../check/verdicts.ts';
import { collision, fall } from '../check/windows.ts';

/** Marks whose names do not say it all. */
const MARKS: Record<string, string> = {
  'fanout.started': 'the encoding Job is submitted',
  'trigger.injected': 'the trigger is in place',
  'trigger.removed': 'the trigger is gone',
  'trigger.discounted': 'the trigger was taken back: the gatekeeper that went had let its own successor in',
  'hold.started': 'everybody leaves the cluster alone',
  'hold.ended': 'the watch for self-healing ends',
  'rules.deleted': 'the rules are deleted',
  'safeguards.installed': 'the safeguards are in place',
  'second-trigger.injected': 'the same trigger again',
  'stand.ended': 'it was watched long enough',
  'upgrade.started': 'helm upgrade of the gatekeeper begins',
  'upgrade.applied': 'helm is done',
  'upgrade.refused': 'helm is refused',
  'upgrade.rolled-out': 'every gatekeeper pod is a new one',
  'upgrade.enforcing': 'the new version enforces',
  'queue.drained': 'the encoding queue is empty',
};
/** What a person must have wanted for it to be a turning point. */
const TOLD = new Set(['delete-pod', 'delete-job', 'restart-gatekeeper', 'delete-rules']);

/** The turning points of a run, oldest first. */
export function moments(view: JournalView): Moment[] {
  const found: Moment[] = [...marks(view), ...preempted(view), ...falling(view), ...people(view), ...wayOut(view)];
  return found.map((m) => ({ ...m, t: toMs(m.t) })).sort((a, b) => a.t - b.t || a.seq - b.seq);
}

function marks(view: JournalView): Moment[] {
  return Object.entries(MARKS).flatMap(([name, what]) => view.marks(name).map(({ t, seq }) => ({ t, seq, what })));
}

function preempted(view: JournalView): Moment[] {
  const ours = new Set(view.podsOf('gatekeeper').map((p) => `Pod/${p.ns}/${p.name}`));
  return view
    .events('Preempted')
    .filter((e) => ours.has(e.state.regarding))
    .slice(0, 10)
    .map(({ t, seq, state }) => ({ t, seq, what: `the scheduler preempts ${state.regarding}` }));
}

function falling(view: JournalView): Moment[] {
  const within = collision(view);
  if (within === undefined) return [];
  const { step, blind } = fall(view, within);
  const refused = refusals(view, within.from, within.to);
  const [first] = refused;
  return [
    ...(step === undefined || blind !== undefined
      ? []
      : [{ ...step, what: 'no gatekeeper replica is ready any more' }]),
    ...(first === undefined
      ? []
      : [{ ...first, what: `the first of ${countRefusals(refused)} refusals: ${first.object}` }]),
  ].map(({ t, seq, what }) => ({ t, seq, what }));
}

function people(view: JournalView): Moment[] {
  return view.requests
    .filter((r) => TOLD.has(r.intent))
    .slice(0, 40)
    .map(({ t, seq, actor, intent, code }) => {
      const answer = code === 0 ? 'no answer' : `${code >= 200 && code < 300 ? 'done' : 'refused'} (${code})`;
      return { t, seq, what: `${actor}: ${intent.replaceAll('-', ' ')}: ${answer}` };
    });
}

function wayOut(view: JournalView): Moment[] {
  return unwindingSteps(view).map(({ t, seq, step }) => ({ t, seq, what: step }));
}
