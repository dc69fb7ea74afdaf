import type { Attempt, Story } from '../../reports/result.ts';
import type { JournalView } from './journal-view.ts';

/** What a person must have wanted for it to be part of the story; the harness's own chores are not. */
const TOLD = new Set(['delete-pod', 'delete-job', 'restart-gatekeeper', 'delete-rules']);

/** The turning points that are no numbers: who was pushed out by whom, and who tried what. */
export function turningPoints(view: JournalView): Story {
  const evicted = firstPreempted(view);
  const attempts = attemptsOf(view);
  return { ...(evicted === undefined ? {} : { evicted }), ...(attempts.length === 0 ? {} : { attempts }) };
}

function firstPreempted(view: JournalView): Story['evicted'] {
  for (const event of view.events('Preempted')) {
    const pod = view.podsOf('gatekeeper').find((p) => event.state.regarding === `Pod/${p.ns}/${p.name}`);
    if (pod === undefined) continue;
    // The scheduler names the winner by its UID only: "Preempted by pod UID on node NODE".
    const uid = /Preempted by pod (\S+)/.exec(event.state.message)?.[1];
    const winner = [...view.pods()].find((p) => p.uid === uid);
    const priority = pod.seen[0]?.state.priority;
    const byPriority = winner?.seen[0]?.state.priority;
    return {
      pod: pod.name,
      how: 'preemption',
      ...(winner === undefined ? {} : { by: winner.name }),
      ...(priority === undefined ? {} : { priority }),
      ...(byPriority === undefined ? {} : { byPriority }),
    };
  }
  return undefined;
}

function attemptsOf(view: JournalView): Attempt[] {
  const attempts = new Map<string, Attempt>();
  for (const { actor, intent, code } of view.requests) {
    if (!TOLD.has(intent)) continue;
    const key = `${actor} ${intent} ${code}`;
    const same = attempts.get(key);
    if (same === undefined) attempts.set(key, { actor, intent, code, times: 1 });
    else same.times += 1;
  }
  return [...attempts.values()];
}
