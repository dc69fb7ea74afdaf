import type { WrongTurn } from '../../reports/gameday/scorecard.ts';
import { uncallableWebhook } from '../check/refusals.ts';
import type { AuditedRequest } from '../journal/events.ts';
import type { Clocks } from './clocks.ts';
import type { GameDayRecord, Seen } from './record.ts';
import type { Scenario } from './scenario.ts';

const READS = new Set(['get', 'list', 'watch']);
/** Questions about permissions and oneself, which kubectl asks by creating something that is not kept. */
const QUESTION = /reviews\.(authorization|authentication)\.k8s\.io$/;
/** One kubectl command may make many requests; the same within this is the same command; seconds. */
const SAME_COMMAND_SECONDS = 1;

export function isChange({ verb, resource, dryRun }: AuditedRequest): boolean {
  return !READS.has(verb) && !QUESTION.test(resource) && !dryRun;
}

/** Changes that were refused or did not help, from the first fault on, made outside of pauses. */
export function wrongTurns(record: GameDayRecord, scenario: Scenario, clocks: Clocks): WrongTurn[] {
  const { injected } = clocks;
  if (injected === undefined) return [];
  const found: WrongTurn[] = [];
  const last = new Map<WrongTurn, number>();
  for (const request of record.audits) {
    if (request.t < injected.t || !isChange(request) || record.paused(request.t)) continue;
    const wrong = refused(request) ?? useless(request, scenario, clocks);
    if (wrong === undefined) continue;
    const { t, seq, actor, code } = request;
    const what = spelled(request);
    const same = found.findLast((w) => w.actor === actor && w.kind === wrong.kind && w.code === code);
    const again = same !== undefined && verbAndResource(same.what) === verbAndResource(what);
    if (again && t - (last.get(same) ?? same.t) <= SAME_COMMAND_SECONDS) {
      same.times += 1;
      last.set(same, t);
    } else found.push({ t, seq, actor, what, code, times: 1, ...wrong });
  }
  return found;
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

/** `delete pods encoding/encoding-5-x2x`. */
export function spelled({ verb, resource, ns, name }: AuditedRequest): string {
  const [plain = ''] = resource.split('.');
  const [, sub] = resource.split('/');
  const kind = sub === undefined ? plain : `${plain.split('/')[0]}/${sub}`;
  const object = [ns, name].filter((part) => part !== undefined).join('/');
  return object === '' ? `${verb} ${kind}` : `${verb} ${kind} ${object}`;
}

function verbAndResource(what: string): string {
  return what.split(' ').slice(0, 2).join(' ');
}
