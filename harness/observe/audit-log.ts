import { setTimeout as delay } from 'node:timers/promises';
import type { AuditedRequest } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import { followLines } from './follow-lines.ts';

/** A request that everybody may make and that changes nothing: it shows that the log is being written. */
const MARKER = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const MARKER_SECONDS = 5;

/** The fields of an `audit.k8s.io/v1` Event that are read here. */
interface AuditEvent {
  verb: string;
  user?: { username?: string };
  userAgent?: string;
  requestURI?: string;
  objectRef?: { resource?: string; apiGroup?: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code?: number; reason?: string; message?: string };
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** One line of the log as a journal entry; `at` is when it was answered. Undefined for what is about no resource. */
export function auditedRequest(line: string): { entry: AuditedRequest; at: string } | undefined {
  const event = JSON.parse(line) as AuditEvent;
  const { resource, apiGroup, subresource, namespace, name } = event.objectRef ?? {};
  if (resource === undefined) return undefined;
  const { code = 0, reason = '', message = '' } = event.responseStatus ?? {};
  const group = apiGroup ? `.${apiGroup}` : '';
  return {
    at: event.stageTimestamp,
    entry: {
      type: 'audit',
      actor: (event.user?.username ?? 'unknown').split(':').at(-1) as string,
      verb: event.verb,
      resource: `${resource}${group}${subresource ? `/${subresource}` : ''}`,
      ...(namespace ? { ns: namespace } : {}),
      ...(name ? { name } : {}),
      code,
      reason,
      message,
      dryRun: /[?&]dryRun=All\b/.test(event.requestURI ?? ''),
      client: event.userAgent?.split(' ')[0] ?? '',
      seconds: Math.max(0, (Date.parse(event.stageTimestamp) - Date.parse(event.requestReceivedTimestamp)) / 1000),
    },
  };
}

/**
 * Follows the audit log of the participants' requests into the journal. A request of `marker`, one of the audited
 * users, must show up in it before it counts as watched, and once more at the end; what does not is a gap of the
 * `Audit` watch. Returns a function that makes sure of the end and stops.
 */
export async function followAuditLog(path: string, journal: Journal, marker: KubeClient): Promise<() => Promise<void>> {
  let markers = 0;
  let damaged = false;
  const stop = followLines(path, (line, number) => {
    try {
      const read = auditedRequest(line);
      if (read === undefined) return;
      if (read.entry.client === `falldown/${marker.actor}`) markers += 1;
      else journal.append(read.entry, read.at);
    } catch {
      damaged = true;
      journal.append({ type: 'watch', kind: 'Audit', op: 'gap', reason: `line ${number} of the log cannot be read` });
    }
  });
  const shows = async () => {
    const before = markers;
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    await marker.create(MARKER, review, { timeoutSeconds: MARKER_SECONDS });
    const deadline = performance.now() + MARKER_SECONDS * 1000;
    while (markers === before && performance.now() < deadline) await delay(50);
    return markers > before;
  };
  const blind = (reason: string) => journal.append({ type: 'watch', kind: 'Audit', op: 'gap', reason });
  if (await shows().catch(() => false)) journal.append({ type: 'watch', kind: 'Audit', op: 'synced' });
  else blind('the audit log does not show a request that was made');
  return async () => {
    const whole = await shows().catch(() => false);
    stop();
    if (!whole && !damaged) blind('at the end the audit log did not show a request that was made');
  };
}
