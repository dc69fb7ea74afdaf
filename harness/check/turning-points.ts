import type { Attempt, Story } from '../../reports/result.ts';
import type { JournalView } from './journal-view.ts';
import { type PodLife, podRef } from './object-index.ts';
import { firstPreempted } from './preempted.ts';
import { collision } from './windows.ts';

/** What a person must have wanted for it to be part of the story; the harness's own chores are not. */
const TOLD = new Set(['delete-pod', 'delete-job', 'restart-gatekeeper', 'delete-rules']);

/** The turning points that are no numbers: who was pushed out by whom, and who tried what. */
export function turningPoints(view: JournalView): Story {
  const evicted = [preempted(view), firstEvicted(view), firstDrained(view)]
    .flatMap((one) => one ?? [])
    .sort((a, b) => a.seq - b.seq)[0]?.evicted;
  const attempts = attemptsOf(view);
  return { ...(evicted === undefined ? {} : { evicted }), ...(attempts.length === 0 ? {} : { attempts }) };
}

/** A way to lose the gatekeeper, and the line that shows it. */
type Loss = { seq: number; evicted: NonNullable<Story['evicted']> } | undefined;

function preempted(view: JournalView): Loss {
  // A collision that was taken back is not the story.
  const found = firstPreempted(view, view.podsOf('gatekeeper'), collision(view)?.from ?? 0, view.end);
  if (found === undefined) return undefined;
  const { pod, seq, by } = found;
  const winner = by === undefined ? undefined : [...view.pods()].find((p) => p.uid === by);
  return { seq, evicted: evictedBy(pod, 'preemption', winner) };
}

function evictedBy(pod: PodLife, how: 'preemption' | 'node-pressure', winner: PodLife | undefined) {
  const priority = pod.seen[0]?.state.priority;
  const byPriority = winner?.seen[0]?.state.priority;
  return {
    pod: pod.name,
    how,
    ...(winner === undefined ? {} : { by: winner.name }),
    ...(priority === undefined ? {} : { priority }),
    ...(byPriority === undefined ? {} : { byPriority }),
  };
}

/** By the kubelet, under node pressure; the pod that filled the memory outlived it. */
function firstEvicted(view: JournalView): Loss {
  for (const event of view.events('Evicted')) {
    const pod = view.podsOf('gatekeeper').find((p) => event.state.regarding === podRef(p));
    if (pod === undefined) continue;
    const hog = view.podsOf('hog').findLast((p) => p.first.t <= event.t);
    return { seq: event.seq, evicted: evictedBy(pod, 'node-pressure', hog) };
  }
  return undefined;
}

function firstDrained(view: JournalView): Loss {
  const refs = new Map(view.podsOf('gatekeeper').map((p) => [podRef(p), p.name]));
  const request = view.requests.find((r) => r.intent === 'drain' && r.code === 200 && refs.has(r.object));
  if (request === undefined) return undefined;
  return { seq: request.seq, evicted: { pod: refs.get(request.object) as string, how: 'drain' } };
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
