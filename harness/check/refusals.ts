import type { JournalView } from './journal-view.ts';

/** One thing that a dead webhook refused. */
export interface Refusal {
  seq: number;
  t: number;
  by: 'request' | 'probe' | 'event';
  /** Name of the webhook that did not answer; undefined when the message does not name it. */
  webhook: string | undefined;
  /** What was refused; for an Event the controller, for a probe the kind of pod. */
  object: string;
  /** An Event stands for as many refusals as its count grew by. */
  times: number;
}

/**
 * The webhook that a message says could not be called. A refusal by a living webhook reads
 * `admission webhook "…" denied the request` and is not meant here.
 */
export function uncallableWebhook(message: string): string | undefined {
  return /failed calling webhook "([^"]+)"/.exec(message)?.[1];
}

/** True when the API server refused because a webhook did not answer; RBAC's 403 and a policy's 400 are not that. */
export function refusedByDeadWebhook(answer: { code: number; message: string }): boolean {
  return answer.code >= 500 && uncallableWebhook(answer.message) !== undefined;
}

/** Everything that a dead webhook refused in an interval of seconds, oldest first. */
export function refusals(view: JournalView, from = 0, to = view.end): Refusal[] {
  const found: Refusal[] = [];
  const inside = (t: number) => t >= from && t <= to;
  for (const r of view.requests) {
    if (!inside(r.t) || !refusedByDeadWebhook(r)) continue;
    found.push({ ...when(r), by: 'request', webhook: uncallableWebhook(r.message), object: r.object, times: 1 });
  }
  for (const p of view.probes) {
    if (!inside(p.t) || p.answer !== 'webhook-down') continue;
    found.push({
      ...when(p),
      by: 'probe',
      webhook: uncallableWebhook(p.message),
      object: `a new ${p.subject} pod`,
      times: 1,
    });
  }
  for (const history of view.objects('Event')) {
    let counted = 0;
    const [first] = history.seen;
    // What an Event had counted when the watch began is from before the journal.
    if (first?.op === 'listed' && !view.synced('Event', first.t)) counted = Math.max(first.state.count, 1);
    for (const line of history.seen) {
      const { reason, message, regarding, count } = line.state;
      const webhook = uncallableWebhook(message);
      if (reason !== 'FailedCreate' || webhook === undefined || line.op === 'deleted') continue;
      const times = Math.max(count, 1) - counted;
      counted = Math.max(count, 1, counted);
      if (times > 0 && inside(line.t)) found.push({ ...when(line), by: 'event', webhook, object: regarding, times });
    }
  }
  return found.sort((a, b) => a.seq - b.seq);
}

export function countRefusals(found: readonly Refusal[]): number {
  return found.reduce((sum, r) => sum + r.times, 0);
}

function when(line: { seq: number; t: number }): { seq: number; t: number } {
  return { seq: line.seq, t: line.t };
}
