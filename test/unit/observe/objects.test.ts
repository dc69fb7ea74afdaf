import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { JournalEvent, ObjectSeen, WatchState } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { watchObjects } from '../../../harness/observe/objects.ts';
import { until } from '../../until.ts';
import { FakeApi, json } from '../kube/fake-api.ts';
import { frame, message } from '../kube/protobuf/written.ts';

type Item = { metadata: { name: string; uid: string; resourceVersion: string } } & Record<string, unknown>;

describe('watchObjects', () => {
  let dir: string;
  let api: FakeApi;
  let journal: Journal;
  let objects: ObjectSeen[];
  let states: WatchState[];
  let stop: AbortController;
  /** What is listed, by the last part of the path. */
  let items: Record<string, Item[]>;
  let streams: Record<string, ServerResponse>;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-objects-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    [objects, states, items, streams] = [[], [], {}, {}];
    stop = new AbortController();
    journal.subscribe((event: JournalEvent) => {
      if (event.type === 'object') objects.push(event);
      if (event.type === 'watch') states.push(event);
    });
    api = await FakeApi.start(({ path, query, headers }, response) => {
      const plural = path.split('/').at(-1) as string;
      if (query.get('watch') === null) {
        json(response, { metadata: { resourceVersion: '1' }, items: items[plural] ?? [] });
        return;
      }
      streams[plural] = response;
      response.writeHead(200, { 'content-type': headers.accept });
      response.flushHeaders();
    });
  });
  afterEach(async () => {
    stop.abort();
    journal.close();
    await api.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async () => {
    await watchObjects(api.client(), journal, stop.signal);
    await until(() => Object.keys(streams).length === 10);
  };
  const tell = (plural: string, type: string, object: unknown) =>
    streams[plural]?.write(`${JSON.stringify({ type, object })}\n`);
  const tellOfPod = (type: string, at: string, phase: string, finalizer = 'y') => {
    const metadata = message([1, 'a'], [3, 'n'], [5, 'a'], [6, at], [14, finalizer]);
    streams.pods?.write(frame(type, message([1, metadata], [3, message([1, phase])])));
  };
  const meta = (name: string, resourceVersion: string) => ({ name, uid: name, namespace: 'n', resourceVersion });
  const pod = (name: string, at: string, phase: string) => ({ metadata: meta(name, at), status: { phase } });
  const event = (name: string, reason: string, type: string) => ({
    metadata: meta(name, '1'),
    reason,
    type,
    message: 'm',
    involvedObject: { kind: 'Pod', namespace: 'n', name: 'p' },
  });

  it('has every first list in the journal when it resolves', async () => {
    items = { pods: [pod('a', '1', 'Running')] };
    await start();
    expect(states.map(({ kind, op }) => `${kind} ${op}`)).to.have.length(10);
    expect(objects).to.have.length(1);
    expect(objects[0]).to.deep.include({ op: 'listed', kind: 'Pod', ns: 'n', name: 'a' });
  });

  it('is not sent the events that there is one of for each pod', async () => {
    await start();
    const watched = api.asked.filter(({ path, query }) => path.endsWith('/events') && query.get('watch') !== null);
    const selected = watched.map(({ query }) => query.get('fieldSelector')?.split(','));
    expect(selected[0]).to.include.members(['reason!=Scheduled', 'reason!=SuccessfulCreate']);
    expect(selected[0]?.join()).to.not.match(/Failed|Preempted|Killing|Evicted|Started/);
  });

  it('writes a change once, and nothing that the journal does not keep', async () => {
    await start();
    tellOfPod('ADDED', '2', 'Pending');
    tellOfPod('MODIFIED', '3', 'Pending', 'x');
    tellOfPod('MODIFIED', '4', 'Running');
    tellOfPod('DELETED', '5', 'Running');
    await until(() => objects.at(-1)?.op === 'deleted');
    expect(objects.map(({ op, state }) => [op, 'phase' in state && state.phase])).to.deep.equal([
      ['added', 'Pending'],
      ['modified', 'Running'],
      ['deleted', 'Running'],
    ]);
  });

  it('keeps telling events only', async () => {
    items = {
      events: [
        event('e1', 'Scheduled', 'Normal'),
        event('e2', 'Preempted', 'Normal'),
        event('e3', 'FailedCreate', 'Warning'),
      ],
    };
    await start();
    expect(objects.map(({ name }) => name)).to.deep.equal(['e2', 'e3']);
  });

  it('lists anew in one go, whatever vanished meanwhile', async () => {
    // Of an event that was not kept, a re-list has only the name; it must not stumble over it.
    items = {
      events: [event('e1', 'Scheduled', 'Normal'), event('e2', 'Pulled', 'Normal'), event('e3', 'Preempted', 'Normal')],
      pods: [pod('a', '1', 'Running')],
    };
    await start();
    items = {};
    objects.length = 0;
    states.length = 0;
    tell('events', 'ERROR', { kind: 'Status', code: 410 });
    streams.pods?.write(frame('ERROR', message([6, 410])));
    await until(() => states.filter(({ op }) => op === 'resumed').length === 2);
    expect(objects.map(({ op, kind, name }) => `${op} ${kind} ${name}`)).to.have.members([
      'deleted Event e3',
      'deleted Pod a',
    ]);
    expect(objects.find(({ name }) => name === 'a')?.state).to.include({ phase: 'Running' });
    const lists = api.asked.filter(({ path, query }) => path.endsWith('/events') && query.get('watch') === null);
    expect(lists).to.have.length(2);
  });
});
