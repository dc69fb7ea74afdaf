import type { AuditedRequest } from '../journal/events.ts';
import type { GameDayRecord, Seen } from './record.ts';

const READS = new Set(['get', 'list', 'watch']);
/** Questions about permissions and oneself, which kubectl asks by creating something that is not kept. */
const QUESTION = /reviews\.(authorization|authentication)\.k8s\.io$/;
/** One kubectl command may make many requests; the same within this is the same command; seconds. */
const SAME_COMMAND_SECONDS = 1;

/** What somebody changed, or tried to: the first of its requests, and how many there were. */
export interface Change {
  request: Seen<AuditedRequest>;
  times: number;
}

export function isChange({ verb, resource, dryRun }: AuditedRequest): boolean {
  return !READS.has(verb) && !QUESTION.test(resource) && !dryRun;
}

/** The crew's changes, oldest first; the same with the same answer within a second of each other is one. */
export function changesOf({ audits }: GameDayRecord): Change[] {
  const found: Change[] = [];
  const last = new Map<string, { change: Change; t: number }>();
  for (const request of audits.filter(isChange)) {
    const { actor, verb, resource, code, t } = request;
    const key = `${actor} ${verb} ${resource} ${code}`;
    const same = last.get(key);
    if (same !== undefined && t - same.t <= SAME_COMMAND_SECONDS) {
      same.change.times += 1;
      same.t = t;
      continue;
    }
    const change = { request, times: 1 };
    found.push(change);
    last.set(key, { change, t });
  }
  return found;
}

/** `delete pods encoding/encoding-5-x2x`. */
export function spelled({ verb, resource, ns, name }: AuditedRequest): string {
  const [plain = ''] = resource.split('.');
  const [, sub] = resource.split('/');
  const kind = sub === undefined ? plain : `${plain.split('/')[0]}/${sub}`;
  const object = [ns, name].filter((part) => part !== undefined).join('/');
  return object === '' ? `${verb} ${kind}` : `${verb} ${kind} ${object}`;
}
