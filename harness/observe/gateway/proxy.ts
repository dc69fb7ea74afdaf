import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, request as send } from 'undici';

/** A connection for each request under way, as a gateway has; more than any stall needs. */
const CONNECTIONS = 512;

/** What speaks of one connection, or of HTTP/2's own framing, and so stays on this side. */
const OWN = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'http2-settings',
  'expect',
]);

export interface ProxyOptions {
  upstream: { server: string; tls: { ca?: string; rejectUnauthorized?: boolean; servername?: string } };
  deadlineSeconds: number;
  key: string;
  cert: string;
}

type Asked = IncomingMessage | Http2ServerRequest;

/**
 * A reverse proxy as clouds put before an API server: TLS, HTTP/2 and HTTP/1.1, kept-alive connections to the server.
 * An answer that has not begun by the deadline is a 504, and the server's work is abandoned; one that pauses for that
 * long in its middle is broken off, unless it is a watch or a log that is followed, which pause by nature. A server that
 * cannot be reached is a 502.
 */
export async function openProxy(options: ProxyOptions): Promise<{ port: number; close(): Promise<void> }> {
  const { upstream, deadlineSeconds, key, cert } = options;
  const { ca, rejectUnauthorized, servername } = upstream.tls;
  // Time limits are the deadline's alone: undici's own have a resolution of a second.
  const agent = new Agent({
    connections: CONNECTIONS,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    connect: {
      timeout: 0,
      ...(ca === undefined ? {} : { ca }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      ...(servername === undefined ? {} : { servername }),
    },
  });
  const sessions = new Set<{ destroy(): void }>();
  const server = createSecureServer({ key, cert, allowHTTP1: true }, (asked, answer) => {
    // For HTTP/2 Node gives what has the methods of HTTP/1.1's response.
    void pass(asked, answer as unknown as ServerResponse, upstream.server, agent, deadlineSeconds * 1000);
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('secureConnection', (socket) => {
    sessions.add(socket);
    socket.on('close', () => sessions.delete(socket));
    socket.on('error', () => undefined);
  });
  // Its own limits on how long a request may take to arrive would cut a slow client off before the deadline does.
  server.setTimeout(0);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const session of sessions) session.destroy();
      await agent.destroy();
    },
  };
}

async function pass(asked: Asked, answer: ServerResponse, server: string, dispatcher: Dispatcher, limit: number) {
  const giveUp = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // An error of its own: the client of an answer that is broken off must not take it for a whole one.
    giveUp.abort(new Error('not answered by the deadline'));
  }, limit);
  answer.on('close', () => giveUp.abort());
  answer.on('error', () => giveUp.abort());
  try {
    const method = asked.method ?? 'GET';
    const url = asked.url ?? '/';
    const got = await send(server + url, {
      method: method as Dispatcher.HttpMethod,
      headers: passed(asked.headers),
      body: method === 'GET' || method === 'HEAD' ? null : asked,
      dispatcher,
      signal: giveUp.signal,
    });
    if (pauses(url)) clearTimeout(timer);
    else got.body.on('data', () => timer.refresh());
    answer.writeHead(got.statusCode, passed(got.headers));
    // A watch says nothing for long, and its client waits for this.
    answer.flushHeaders();
    await pipeline(got.body, answer);
  } catch {
    if (answer.headersSent || answer.destroyed) answer.destroy();
    else refuse(answer, late);
  } finally {
    clearTimeout(timer);
  }
}

/** The page that a gateway shows; clients of the API see no Status object, as with a cloud's. */
function refuse(answer: ServerResponse, late: boolean): void {
  const [code, text] = late ? [504, 'Gateway Time-out'] : [502, 'Bad Gateway'];
  const page = `<html><head><title>${code} ${text}</title></head><body><h1>${code} ${text}</h1></body></html>\n`;
  answer.writeHead(code, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) });
  answer.end(page);
}

function passed(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':') && !OWN.has(name)) out[name] = value;
  }
  return out;
}

function pauses(url: string): boolean {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  return query.get('watch') === 'true' || query.get('watch') === '1' || query.get('follow') === 'true';
}
