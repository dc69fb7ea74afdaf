import { performance } from 'node:perf_hooks';
import { Agent, request } from 'undici';
import { reasonOf } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import { KubeApiError } from './errors.ts';
import { gulpedConnector } from './gulped-socket.ts';
import { sameType } from './media-type.ts';
import type { KubeList, KubeObject } from './object.ts';

export type Query = Record<string, string | number | boolean | undefined>;

export type PatchType = 'merge' | 'json' | 'strategic' | 'apply';

/** A gulp in one piece: undici parses a smaller one in several. */
const GULP_BYTES = 1024 * 1024;

const PATCH_CONTENT: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface CallOptions {
  query?: Query | undefined;
  signal?: AbortSignal | undefined;
  /** Client-side limit in seconds; default 90: longer than any 60 s gateway, so that a stall is seen and not cut off. */
  timeoutSeconds?: number | undefined;
}

export interface DeleteOptions extends CallOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  uid?: string;
}

/**
 * A thin JSON client of one API server, as one user, over a connection pool of its own.
 *
 * The typed client of @kubernetes/client-node opens a TLS connection for every request and its decoding of
 * 10,000 pods blocks the event loop for a second; both would show up in what falldown measures. So requests
 * are plain JSON over one shared undici Agent; a watch may ask for something cheaper. Use one client per purpose
 * (watches, load, people, probes).
 */
export class KubeClient {
  readonly server: string;
  readonly actor: string;
  readonly #agent: Agent;
  readonly #gulped: Agent;
  readonly #headers: Record<string, string>;

  constructor(credentials: Credentials, options: { actor?: string; connections?: number } = {}) {
    this.server = credentials.server;
    this.actor = options.actor ?? credentials.user;
    // HTTP/1.1: one slow answer does not hold up the others of this pool, and the protocol is the same in every run.
    const connect = { ...credentials.tls, allowH2: false, timeout: 5_000 };
    const shared = { connections: options.connections ?? 8, allowH2: false, keepAliveTimeout: 30_000 };
    this.#agent = new Agent({ ...shared, connect });
    this.#gulped = new Agent({ ...shared, connect: gulpedConnector(connect) });
    this.#headers = { accept: 'application/json', 'user-agent': `falldown/${this.actor}`, ...credentials.headers };
  }

  get<T = KubeObject>(path: string, options?: CallOptions): Promise<T> {
    return this.call<T>('GET', path, undefined, options);
  }

  create<T = KubeObject>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.call<T>('POST', path, body, options);
  }

  replace<T = KubeObject>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.call<T>('PUT', path, body, options);
  }

  patch<T = KubeObject>(path: string, type: PatchType, body: unknown, options?: CallOptions): Promise<T> {
    return this.call<T>('PATCH', path, body, options, PATCH_CONTENT[type]);
  }

  /** Server-side apply, forced: the harness owns what it applies. */
  apply<T = KubeObject>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.patch<T>(path, 'apply', body, {
      ...options,
      query: { fieldManager: 'falldown', force: true, ...options.query },
    });
  }

  delete<T = KubeObject>(path: string, options: DeleteOptions = {}): Promise<T> {
    const { gracePeriodSeconds, propagationPolicy, uid, ...rest } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    return this.call<T>('DELETE', path, body, rest);
  }

  /** All objects of a list, page by page, so that 30,000 pods never stand in memory as one text. */
  async *list<T extends KubeObject = KubeObject>(
    path: string,
    options: CallOptions & { pageSize?: number; onRevision?: (resourceVersion: string) => void } = {},
  ): AsyncGenerator<T> {
    let next: string | undefined;
    do {
      const page: KubeList<T> = await this.get<KubeList<T>>(path, {
        ...options,
        query: { ...options.query, limit: options.pageSize ?? 500, continue: next },
      });
      yield* page.items;
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
      if (next === undefined) options.onRevision?.(page.metadata.resourceVersion ?? '');
    } while (next !== undefined);
  }

  /** Text of any path, e.g. /metrics or /readyz. */
  text(path: string, options: CallOptions = {}): Promise<string> {
    return this.#ask('GET', path, undefined, options);
  }

  /**
   * Opens a stream (a watch) of the media type `accept`, to be read `inGulps` or as it comes; the caller reads it to its end or
   * aborts it. An answer of another type is an error, as the caller could not read it.
   */
  async stream(path: string, asked: CallOptions & { accept: string; inGulps?: boolean | undefined }) {
    const { accept, inGulps, ...rest } = asked;
    const started = performance.now();
    const options = { timeoutSeconds: 120, ...rest };
    const how = inGulps ? { dispatcher: this.#gulped, highWaterMark: GULP_BYTES } : undefined;
    const { headers, body } = await this.#send('GET', path, undefined, options, { accept }, how);
    const type = String(headers['content-type'] ?? '');
    if (sameType(type, accept)) return body as AsyncIterable<Buffer>;
    body.destroy();
    const detail = `expected ${accept}, seen ${type === '' ? 'no media type' : type}`;
    throw new KubeApiError({ verb: 'GET', path, code: 0, reason: 'OtherMediaType', detail, seconds: since(started) });
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#gulped.destroy()]);
  }

  async call<T>(
    verb: string,
    path: string,
    body: unknown,
    options: CallOptions = {},
    content = 'application/json',
  ): Promise<T> {
    const started = performance.now();
    const text = await this.#ask(verb, path, body, options, content);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      // A proxy's log-in page, for one. Code 0: the API server has not answered, and nobody may take it for a success.
      const detail = `expected JSON, seen: ${text.slice(0, 500)}`;
      throw new KubeApiError({ verb, path, code: 0, reason: 'NotJson', detail, seconds: since(started), cause });
    }
  }

  /** A request with its whole answer: one that breaks off in the middle is no answer. */
  async #ask(
    verb: string,
    path: string,
    body: unknown,
    options: CallOptions,
    content = 'application/json',
  ): Promise<string> {
    const started = performance.now();
    const answer = await this.#send(verb, path, body, options, body === undefined ? {} : { 'content-type': content });
    try {
      return await answer.body.text();
    } catch (cause) {
      throw noAnswer(verb, path, started, cause);
    }
  }

  async #send(
    verb: string,
    path: string,
    body: unknown,
    options: CallOptions,
    headers: Record<string, string> = {},
    how: { dispatcher: Agent; highWaterMark?: number } = { dispatcher: this.#agent },
  ) {
    const started = performance.now();
    const timeout = (options.timeoutSeconds ?? 90) * 1000;
    const url = this.server + path + queryString(options.query);
    let answer: Awaited<ReturnType<typeof request>>;
    try {
      answer = await request(url, {
        method: verb as 'GET',
        ...how,
        headers: { ...this.#headers, ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeout,
        bodyTimeout: timeout,
        signal: options.signal ?? null,
      });
    } catch (cause) {
      throw noAnswer(verb, path, started, cause);
    }
    if (answer.statusCode < 400) return answer;
    const text = await answer.body.text().catch(reasonOf);
    throw new KubeApiError({ verb, path, code: answer.statusCode, seconds: since(started), ...statusOf(text) });
  }
}

/** Seconds since a time of the monotonic clock. */
function since(started: number): number {
  return (performance.now() - started) / 1000;
}

function noAnswer(verb: string, path: string, started: number, cause: unknown): KubeApiError {
  // A DOMException's code is a number of the web's own; its name says more.
  const { code, name } = cause as { code?: unknown; name?: unknown };
  const reason = [code, name].find((word) => typeof word === 'string' && word !== 'Error') ?? 'RequestFailed';
  return new KubeApiError({
    verb,
    path,
    code: 0,
    reason: reason as string,
    detail: reasonOf(cause),
    seconds: since(started),
    cause,
  });
}

function queryString(query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** The API server answers errors with a Status object; anything else (a proxy's page) is kept as it is. */
function statusOf(text: string): { reason: string; detail: string } {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string };
    return { reason: status.reason ?? 'Unknown', detail: status.message ?? text };
  } catch {
    return { reason: 'NotAStatus', detail: text.slice(0, 500) };
  }
}
