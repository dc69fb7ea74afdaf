import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../errors.ts';
import type { KubeClient, Query } from './client.ts';
import { KubeApiError } from './errors.ts';
import type { KubeObject } from './object.ts';
import { jsonLines, type WatchCodec } from './watch-codec.ts';

export interface WatchHandlers<T> {
  /** `listed` for what was there at the start (or after a re-list, for what changed while the watch was blind). */
  onObject(op: 'listed' | 'added' | 'modified' | 'deleted', object: T): void;
  /** `gap`: from now on changes may be missed; `resumed`: complete again, after so many seconds. */
  onState?(op: 'synced' | 'gap' | 'resumed' | 'stopped', detail: { reason?: string; seconds?: number }): void;
}

export interface WatchOptions<T> {
  query?: Query;
  /** How changes come over the wire; the first list is JSON. Default: JSON. */
  codec?: WatchCodec<T>;
  /** Many changes a second are told together, up to 100 ms late, for a fraction of the CPU ([GulpedSocket](./gulped-socket.ts)). Default: false. */
  inGulps?: boolean;
}

export interface Watch {
  /** Resolves when the first list is complete. */
  synced: Promise<void>;
  /** Resolves when the watch has ended, after its signal was aborted. */
  done: Promise<void>;
}

/** A server that ends every stream at once (one that shuts down, a proxy) must not be asked thousands of times a second. */
const SHORTEST_STREAM_MS = 100;

/** Breaks the loop to list anew: the server no longer has the revision we are at. */
class Expired extends Error {}

/**
 * List, then watch, for as long as `signal` lives: bookmarks keep the revision fresh, a broken stream goes on from
 * the last revision, 410 lists anew and reports what vanished meanwhile as deleted.
 *
 * Every break is told as a `gap` and every repair as `resumed`: checks must know when the journal was blind.
 * Rotating a stream at the server's own time-out is not a gap, as no revision is skipped.
 */
export function watch<T extends KubeObject>(
  client: KubeClient,
  path: string,
  options: WatchOptions<T>,
  handlers: WatchHandlers<T>,
  signal: AbortSignal,
): Watch {
  const synced = Promise.withResolvers<void>();
  const done = run(client, path, options, handlers, signal, synced.resolve).finally(() => {
    handlers.onState?.('stopped', {});
    synced.resolve();
  });
  return { synced: synced.promise, done };
}

async function run<T extends KubeObject>(
  client: KubeClient,
  path: string,
  { query = {}, codec = jsonLines<T>(), inGulps }: WatchOptions<T>,
  handlers: WatchHandlers<T>,
  signal: AbortSignal,
  onSynced: () => void,
): Promise<void> {
  /** uid → the least that names it, to tell deletions after a re-list. */
  const known = new Map<string, T>();
  let revision: string | undefined;
  let blindSince: number | undefined;
  let failures = 0;
  let everSynced = false;

  const sighted = () => {
    failures = 0;
    if (blindSince === undefined) return;
    handlers.onState?.('resumed', { seconds: (performance.now() - blindSince) / 1000 });
    blindSince = undefined;
  };

  while (!signal.aborted) {
    try {
      if (revision === undefined) {
        revision = await relist(client, path, query, known, handlers, signal);
        if (!everSynced) handlers.onState?.('synced', {});
        everSynced = true;
        onSynced();
      }
      const stream = await client.stream(path, {
        query: { ...query, watch: true, allowWatchBookmarks: true, resourceVersion: revision, timeoutSeconds: 300 },
        accept: codec.mediaType,
        inGulps,
        signal,
      });
      sighted();
      const opened = performance.now();
      const read = codec.reader();
      for await (const chunk of stream) {
        for (const { type, object } of read(chunk)) {
          if (type === 'ERROR') throw new Expired(JSON.stringify(object));
          revision = object.metadata.resourceVersion ?? revision;
          if (type !== 'BOOKMARK') apply(type, object, known, handlers);
        }
      }
      await pause(opened + SHORTEST_STREAM_MS - performance.now(), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (blindSince === undefined) {
        blindSince = performance.now();
        handlers.onState?.('gap', { reason: reasonOf(error) });
      }
      if (error instanceof Expired || (error instanceof KubeApiError && error.code === 410)) revision = undefined;
      failures += 1;
      const backoff = Math.min(5_000, 100 * 2 ** Math.min(failures - 1, 6)) * (0.5 + Math.random() / 2);
      await pause(backoff, signal);
    }
  }
}

/** Returns early on abort. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}

async function relist<T extends KubeObject>(
  client: KubeClient,
  path: string,
  query: Query,
  known: Map<string, T>,
  handlers: WatchHandlers<T>,
  signal: AbortSignal,
): Promise<string> {
  const gone = new Set(known.keys());
  let revision = '';
  const pages = client.list<T>(path, {
    query,
    signal,
    onRevision: (at) => {
      revision = at;
    },
  });
  for await (const object of pages) {
    const uid = object.metadata.uid ?? '';
    gone.delete(uid);
    const before = known.get(uid);
    if (before !== undefined && before.metadata.resourceVersion === object.metadata.resourceVersion) continue;
    remember(known, object);
    handlers.onObject('listed', object);
  }
  for (const uid of gone) {
    const last = known.get(uid);
    known.delete(uid);
    if (last !== undefined) handlers.onObject('deleted', last);
  }
  return revision;
}

function apply<T extends KubeObject>(
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: T,
  known: Map<string, T>,
  handlers: WatchHandlers<T>,
): void {
  if (type === 'DELETED') known.delete(object.metadata.uid ?? '');
  else remember(known, object);
  handlers.onObject(type === 'ADDED' ? 'added' : type === 'MODIFIED' ? 'modified' : 'deleted', object);
}

function remember<T extends KubeObject>(known: Map<string, T>, object: T): void {
  const { name, namespace, uid = '', resourceVersion } = object.metadata;
  const before = known.get(uid);
  // Only what names the object is kept: tens of thousands of whole pods would be hundreds of MB.
  if (before === undefined) known.set(uid, { metadata: { name, namespace, uid, resourceVersion } } as unknown as T);
  else if (resourceVersion !== undefined) before.metadata.resourceVersion = resourceVersion;
}
