import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WatchSight } from '../../../harness/check/watch-sight.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import type { KubeClient } from '../../../harness/kube/client.ts';
import { auditedRequest, followAuditLog } from '../../../harness/observe/audit-log.ts';

const line = (words: object = {}) =>
  JSON.stringify({
    kind: 'Event',
    stage: 'ResponseComplete',
    verb: 'patch',
    requestURI: '/apis/apps/v1/namespaces/kyverno/deployments/a/scale?fieldManager=kubectl',
    user: { username: 'system:serviceaccount:falldown-participants:infra-oncall' },
    userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/5661',
    objectRef: { resource: 'deployments', namespace: 'kyverno', name: 'a', apiGroup: 'apps', subresource: 'scale' },
    responseStatus: { code: 403, reason: 'Forbidden', message: 'no' },
    requestReceivedTimestamp: '2026-11-24T07:00:00.000000Z',
    stageTimestamp: '2026-11-24T07:00:00.250000Z',
    ...words,
  });

describe('the audit log', () => {
  it('says who asked for what, and what the answer was', () => {
    expect(auditedRequest(line())).to.deep.equal({
      at: '2026-11-24T07:00:00.250000Z',
      entry: {
        type: 'audit',
        actor: 'infra-oncall',
        verb: 'patch',
        resource: 'deployments.apps/scale',
        ns: 'kyverno',
        name: 'a',
        code: 403,
        reason: 'Forbidden',
        message: 'no',
        dryRun: false,
        client: 'kubectl/v1.36.3',
        seconds: 0.25,
      },
    });
    expect(auditedRequest(line({ requestURI: '/api/v1/pods?dryRun=All' }))?.entry.dryRun).to.equal(true);
    expect(auditedRequest(line({ objectRef: undefined }))).to.equal(undefined);
  });

  describe('followed', () => {
    let dir: string;
    let path: string;
    let journal: Journal;
    const sight = new WatchSight();
    const seen: string[] = [];
    const marker = (works: () => boolean) =>
      ({
        actor: 'audit-marker',
        create: async () => {
          if (works()) appendFileSync(path, `${line({ userAgent: 'falldown/audit-marker' })}\n`);
          else throw new Error('refused');
        },
      }) as unknown as KubeClient;

    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'falldown-audit-'));
      path = join(dir, 'audit.log');
      journal = new Journal(join(dir, 'journal.ndjson'));
      seen.length = 0;
      journal.subscribe((event) => {
        seen.push(event.type === 'watch' ? event.op : event.type);
        if (event.type === 'watch') sight.add(event);
      });
    });
    afterEach(() => {
      journal.close();
      rmSync(dir, { recursive: true });
    });

    it('is in sight once a request shows up in it, and to its end', async () => {
      const stop = await followAuditLog(
        path,
        journal,
        marker(() => true),
      );
      appendFileSync(path, `${line()}\n`);
      await stop();
      expect(seen).to.deep.equal(['synced', 'audit']);
    });

    it('is not when a request does not show up: at the beginning, or at the end', async () => {
      let works = false;
      const stop = await followAuditLog(
        path,
        journal,
        marker(() => works),
      );
      expect(seen).to.deep.equal(['gap']);
      works = true;
      await stop();
      seen.length = 0;
      const later = await followAuditLog(
        path,
        journal,
        marker(() => works),
      );
      works = false;
      await later();
      expect(seen).to.deep.equal(['synced', 'gap']);
    });

    it('is not when a line cannot be read', async () => {
      const stop = await followAuditLog(
        path,
        journal,
        marker(() => true),
      );
      appendFileSync(path, 'not json\n');
      await stop();
      expect(seen).to.deep.equal(['synced', 'gap']);
      expect(sight.blind('Audit', 60, Number.POSITIVE_INFINITY)).to.include('cannot be read');
    });
  });
});
