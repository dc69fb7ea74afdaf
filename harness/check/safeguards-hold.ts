import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { lowest, readiness } from './readiness.ts';
import { countRefusals, type Refusal, refusals } from './refusals.ts';
import { few, holds, inconclusive, neverReached, plural, secs, violated } from './verdicts.ts';

export interface Stand {
  from: number;
  to: number;
  refused: Refusal[];
  minReady: number;
  requiredReplicas: number;
}

/**
 * F16: with the safeguards in place the same trigger did no harm: no dead webhook refused anything, enough replicas
 * stayed ready, and no violating pod came in. Measured: the lowest number of ready replicas.
 */
export function safeguardsHold(view: JournalView, { requiredReplicas }: { requiredReplicas?: number } = {}): Finding {
  const trigger = view.mark('second-trigger.injected');
  if (trigger === undefined) return neverReached(view, 'second-trigger.injected');
  const ended = view.mark('stand.ended');
  const to = ended?.t ?? view.end;
  const marks = [trigger.seq, ...(ended === undefined ? [] : [ended.seq])];
  const refused = refusals(view, trigger.t, to);
  if (refused.length > 0) {
    const what = few([...new Set(refused.map((r) => r.object))]);
    const because = `a dead webhook refused ${plural(countRefusals(refused), 'request')} after the second trigger: ${what}`;
    return violated(because, [...marks, ...refused.map((r) => r.seq)], {
      measured: countRefusals(refused),
      limit: 0,
      unit: 'refusals',
    });
  }
  const open = view.probes.find(
    (p) => p.t - p.seconds >= trigger.t && p.t <= to && p.subject === 'violating' && p.answer === 'admitted',
  );
  if (open !== undefined)
    return violated('it stood by letting a violating pod in: nothing was enforced', [...marks, open.seq]);
  const required = requiredReplicas ?? requiredBySafeguards(view);
  if (required === undefined) return inconclusive('nothing says how many replicas the safeguards promise', marks);
  const { steps, blind } = readiness(view, trigger.t, to);
  const low = lowest(steps, trigger.t, to);
  const measured = { ...(low === undefined ? {} : { measured: low.ready }), limit: required, unit: 'ready replicas' };
  if (blind === undefined && low !== undefined && low.ready < required) {
    const because = `only ${plural(low.ready, 'gatekeeper replica')} of the ${required} promised stayed ready`;
    return violated(because, [...marks, low.seq], measured);
  }
  if (ended === undefined) return neverReached(view, 'stand.ended', marks);
  const hidden = blind ?? view.blind('Pod', trigger.t, to) ?? view.blind('Event', trigger.t, to);
  if (hidden !== undefined) return inconclusive(`whether it stood cannot be judged: ${hidden}`, marks, measured);
  const attackers = view
    .podsOf('security')
    .filter((p) => (p.gone?.t ?? to) >= trigger.t && p.first.t >= attackBegins(view, trigger.t) && p.first.t <= to);
  if (attackers.length === 0)
    return inconclusive('no security pod was made: the second trigger never reached the scheduler', marks, measured);
  const told = view.probes.filter((p) => p.t >= trigger.t && p.t <= to && p.answer !== 'error');
  if (told.length === 0) return inconclusive('nobody asked for a pod after the second trigger', marks, measured);
  const pending = attackers.filter((p) => p.last.node === undefined);
  const fate =
    pending.length > 0
      ? `${pending.length} of ${attackers.length} security pods stayed Pending`
      : 'the security pods found room elsewhere';
  return holds(
    `for ${secs(to - trigger.t)} at least ${plural(low?.ready ?? 0, 'replica')} stayed ready and nothing was refused by a dead webhook; ${fate}`,
    [
      ...marks,
      ...(low === undefined ? [] : [low.seq]),
      told[0]!.seq,
      told.at(-1)!.seq,
      ...attackers.map((p) => p.first.seq),
    ],
    measured,
  );
}

/** The numbers of the safeguarded half; undefined when it was not made to its end, or not in sight. */
export function stand(view: JournalView): Stand | undefined {
  const from = view.mark('second-trigger.injected')?.t;
  const to = view.mark('stand.ended')?.t;
  const requiredReplicas = requiredBySafeguards(view);
  if (from === undefined || to === undefined || requiredReplicas === undefined) return undefined;
  const { steps, blind } = readiness(view, from, to);
  const minReady = lowest(steps, from, to)?.ready;
  if (blind !== undefined || minReady === undefined) return undefined;
  return { from, to, refused: refusals(view, from, to), minReady, requiredReplicas };
}

function requiredBySafeguards(view: JournalView): number | undefined {
  const required = view.mark('safeguards.installed')?.data?.requiredReplicas;
  return typeof required === 'number' ? required : undefined;
}

/** Security pods may be journalled before the mark of the trigger that made them is set. */
function attackBegins(view: JournalView, trigger: number): number {
  return Math.min(view.phase('second-collision')?.from ?? trigger, trigger);
}
