import type { Finding } from './finding.ts';
import type { JournalView } from './journal-view.ts';
import { refusedByDeadWebhook } from './refusals.ts';
import { few, holds, inconclusive, neverReached, violated } from './verdicts.ts';
import { collision } from './windows.ts';

const WANTED = ['delete-pod', 'delete-job'] as const;

/** F11: people's clean-ups, one of a pod and one of a Job, were both refused by the dead webhook. Measured: refusals. */
export function deletesRefused(view: JournalView): Finding {
  const within = collision(view);
  if (within === undefined) return neverReached(view, 'trigger.injected');
  const to = view.mark('rules.deleted')?.t ?? within.to;
  const tries = view.requests.filter(
    (r) => r.t >= within.from && r.t <= to && (WANTED as readonly string[]).includes(r.intent),
  );
  const evidence = tries.map((r) => r.seq);
  const through = tries.find((r) => r.code >= 200 && r.code < 300);
  if (through !== undefined) {
    return violated(`${through.actor} could delete ${through.object} during the outage`, [through.seq]);
  }
  const alive = tries.find((r) => /denied the request/.test(r.message));
  if (alive !== undefined) {
    return violated(`the webhook was alive: it denied ${alive.intent} of ${alive.object} by policy`, [alive.seq]);
  }
  const refused = tries.filter(refusedByDeadWebhook);
  const missing = WANTED.filter((intent) => !refused.some((r) => r.intent === intent));
  if (missing.length > 0) {
    const other = tries.find((r) => missing.some((intent) => intent === r.intent));
    const seen = other === undefined ? 'nobody tried' : `the answer was ${other.code} ${other.reason}`.trim();
    return inconclusive(`no ${few(missing)} was refused by a dead webhook: ${seen}`, evidence);
  }
  return holds(`the dead webhook refused ${few(refused.map((r) => `${r.intent} of ${r.object}`))}`, evidence, {
    measured: refused.length,
    unit: 'refusals',
  });
}
