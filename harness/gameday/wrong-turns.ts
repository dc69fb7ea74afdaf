import type { WrongTurn } from '../../reports/gameday/scorecard.ts';
import { uncallableWebhook } from '../check/refusals.ts';
import type { AuditedRequest } from '../journal/events.ts';
import { changesOf, spelled } from './changes.ts';
import type { Clocks } from './clocks.ts';
import type { GameDayRecord, Seen } from './record.ts';
import type { Scenario } from './scenario.ts';

/** Changes that were refused or did not help, from the first fault on, made outside of pauses. */
export function wrongTurns(record: GameDayRecord, scenario: Scenario, clocks: Clocks): WrongTurn[] {
  const { injected } = clocks;
  if (injected === undefined) return [];
  return changesOf(record).flatMap(({ request, times }): WrongTurn[] => {
    const { t, seq, actor, code } = request;
    if (t < injected.t || record.paused(t)) return [];
    const wrong = refused(request) ?? useless(request, scenario, clocks);
    return wrong === undefined ? [] : [{ t, seq, actor, what: spelled(request), code, times, ...wrong }];
  });
}

type Wrong = Pick<WrongTurn, 'kind' | 'because'>;

function refused({ actor, code, message, reason }: AuditedRequest): Wrong | undefined {
  if (code < 400) return undefined;
  const webhook = uncallableWebhook(message);
  const because =
    code === 403
      ? `${actor} may not do that (RBAC)`
      : webhook === undefined
        ? message.split('\n')[0] || reason || `answered with ${code}`
        : `the webhook ${webhook} does not answer, so everything that it covers is refused`;
  return { kind: 'refused', because };
}

function useless(request: Seen<AuditedRequest>, scenario: Scenario, { mitigated }: Clocks): Wrong | undefined {
  const { verb, resource, ns = '', t } = request;
  const rule = scenario.useless.find(
    (u) =>
      u.verbs.includes(verb) &&
      u.resource.test(resource) &&
      (u.ns?.test(ns) ?? true) &&
      (u.until === 'end' || mitigated === undefined || t < mitigated.t),
  );
  return rule === undefined ? undefined : { kind: 'useless', because: rule.because };
}
