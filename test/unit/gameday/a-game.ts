import { admissionDeadlock } from '../../../harness/gameday/scenarios/admission-deadlock.ts';
import { scoreJournal } from '../../../harness/gameday/score.ts';
import type { AuditedRequest, GameDayStep, JournalEvent } from '../../../harness/journal/events.ts';
import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { aJournal, type JournalBuilder, REFUSED } from '../../fixtures/journals/a-journal.ts';

export const step = (j: JournalBuilder, entry: Omit<GameDayStep, 'type'> & Record<string, unknown>) =>
  j.entry({ type: 'gameday', ...entry } as GameDayStep);

/** Ready endpoints of the gatekeeper's Service. */
export const ready = (j: JournalBuilder, count: number) =>
  j.object(
    'EndpointSlice',
    'modified',
    'kyverno-svc-x1',
    { service: 'kyverno-svc', ready: count, total: count },
    'kyverno',
  );

export const audit = (j: JournalBuilder, words: Partial<AuditedRequest>) =>
  j.entry({
    type: 'audit',
    actor: 'infra-oncall',
    verb: 'get',
    resource: 'pods',
    code: 200,
    reason: '',
    message: '',
    dryRun: false,
    client: 'kubectl/v1.36.3',
    seconds: 0.01,
    ...words,
  });

/** So many seconds in which both probes, and the one that really tries, get the same answers; one of each a second. */
export function answers(j: JournalBuilder, seconds: number, what: 'enforced' | 'closed' | 'open'): void {
  for (let i = 0; i < seconds; i++) {
    const violating = { enforced: 'refused', closed: 'webhook-down', open: 'admitted' } as const;
    j.probe('violating', violating[what]);
    j.probe('good', what === 'closed' ? 'webhook-down' : 'admitted');
    if (what === 'open') j.exposed('admitted', `violating-${j.now}`);
    else j.exposed(violating[what]);
    j.after(1 - (what === 'open' ? 0.4 : 0.3));
  }
}

/** A game that starts at once, is calm for 5 s, and then breaks: the gate is closed for as long as the crew lets it. */
export function aGame(): JournalBuilder {
  const j = aJournal().run().synced();
  j.entry({ type: 'watch', kind: 'Audit', op: 'synced' });
  step(j, {
    op: 'started',
    by: 'falldown',
    scenario: 'admission-deadlock',
    roles: ['infra-oncall', 'platform-admin', 'security-team'],
    withinSeconds: 60,
  });
  ready(j, 1);
  answers(j, 5, 'enforced');
  j.entry({ type: 'fault', op: 'injected', fault: 'priority-collision', describe: 'a security service comes' });
  ready(j, 0);
  return j;
}

/** A crew that does it well: noticed after 10 s, named after 20, opened after 30, closed again 10 s later. */
export function wellPlayed(): JournalBuilder {
  const j = aGame();
  answers(j, 10, 'closed');
  step(j, { op: 'acknowledged', by: 'infra-oncall' });
  answers(j, 10, 'closed');
  step(j, { op: 'diagnosed', by: 'infra-oncall', cause: 'gatekeeper-locked-out' });
  answers(j, 10, 'closed');
  audit(j, {
    actor: 'platform-admin',
    verb: 'delete',
    resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
    name: 'x',
  });
  answers(j, 10, 'open');
  ready(j, 1);
  answers(j, 5, 'enforced');
  return j;
}

export const refusedByWebhook = { code: 500, reason: 'InternalError', message: REFUSED };

export function ended(j: JournalBuilder, how: 'finished' | 'aborted' = 'finished'): JournalBuilder {
  step(j, { op: 'ended', by: 'facilitator', how });
  return j.entry({ type: 'run.ended', how: 'completed' });
}

export function scored(j: JournalBuilder, change: (events: JournalEvent[]) => JournalEvent[] = (e) => e): Scorecard {
  return scoreJournal(change(ended(j).events()), admissionDeadlock);
}

export function partOf(card: Scorecard, name: Scorecard['parts'][number]['name']): Scorecard['parts'][number] {
  const found = card.parts.find((p) => p.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}
