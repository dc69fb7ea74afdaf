import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FalldownError, reasonOf } from '../errors.ts';
import type { Audience, Board } from './board.ts';
import type { Controls } from './controls.ts';

const EVERY_MILLISECONDS = 1000;
const LONGEST_BODY = 4096;
const AUDIENCES: readonly Audience[] = ['facilitator', 'participant'];

/** What a page is: its text, and the policy that names its script and style. */
export interface LivePage {
  html: string;
  policy: string;
}

export interface LiveServer {
  /** The page of each audience, its secret in the path. */
  urls: Record<Audience, string>;
  close(): Promise<void>;
}

type Wish = { by?: string; cause?: string };

/** Who may ask for what. */
const ACTIONS: Record<string, { who: readonly Audience[]; act(controls: Controls, wish: Wish): string }> = {
  ack: { who: AUDIENCES, act: (c, { by }) => c.acknowledge(by) },
  diagnose: { who: AUDIENCES, act: (c, { by, cause }) => c.diagnose(by, cause) },
  hint: { who: AUDIENCES, act: (c, { by }) => c.hint(by) },
  pause: { who: ['facilitator'], act: (c) => c.pause() },
  resume: { who: ['facilitator'], act: (c) => c.resume() },
  finish: { who: ['facilitator'], act: (c) => c.end('finished') },
  abort: { who: ['facilitator'], act: (c) => c.end('aborted') },
};

/**
 * Serves the live page on a free port of 127.0.0.1: `/TOKEN/` the page, `/TOKEN/events` what its audience may see, once a
 * second (server-sent events), `/TOKEN/view` the same once, and POST `/TOKEN/ACTION`. There is nothing without a token,
 * and no more than its audience may see.
 */
export async function serveLive(board: Board, controls: Controls, page: LivePage): Promise<LiveServer> {
  const tokens = Object.fromEntries(AUDIENCES.map((a) => [a, randomBytes(24).toString('base64url')])) as Record<
    Audience,
    string
  >;
  const open = new Set<{ response: ServerResponse; audience: Audience }>();
  const send = ({ response, audience }: { response: ServerResponse; audience: Audience }) =>
    response.write(`data: ${JSON.stringify(board.view(audience))}\n\n`);
  const everybody = () => {
    // Who reads slowly gets the next one instead: each is whole, and what is not read is kept in memory.
    for (const one of open) if (!one.response.writableNeedDrain) send(one);
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => fail(response, error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name that somebody else's page resolved to this address is not ours (DNS rebinding).
    if (!ours(request, server)) return end(response, 403, 'this page is reached by its own address alone');
    const [, token = '', what = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    const audience = AUDIENCES.find((a) => same(tokens[a], token));
    if (audience === undefined) return end(response, 404, 'not found');
    if (request.method === 'GET' && what === '') {
      response.writeHead(200, {
        ...headers(),
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': page.policy,
      });
      response.end(page.html);
      return;
    }
    if (request.method === 'GET' && what === 'view') return json(response, 200, board.view(audience));
    if (request.method === 'GET' && what === 'events') {
      response.writeHead(200, { ...headers(), 'content-type': 'text/event-stream' });
      const one = { response, audience };
      open.add(one);
      response.on('close', () => open.delete(one));
      send(one);
      return;
    }
    const action = ACTIONS[what];
    if (request.method !== 'POST' || action === undefined || !action.who.includes(audience)) {
      return end(response, 404, 'not found');
    }
    json(response, 200, { said: action.act(controls, await wishOf(request)) });
    everybody();
  }

  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const timer = setInterval(() => {
    board.tick();
    everybody();
  }, EVERY_MILLISECONDS);
  const { port } = server.address() as AddressInfo;
  const url = (audience: Audience) => `http://127.0.0.1:${port}/${tokens[audience]}/`;
  return {
    urls: { facilitator: url('facilitator'), participant: url('participant') },
    async close() {
      clearInterval(timer);
      everybody();
      for (const { response } of open) response.end();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function ours({ headers: sent }: IncomingMessage, server: Server): boolean {
  const { port } = server.address() as AddressInfo;
  // 127.0.0.1 by its own port, or localhost at any: the near end of an ssh tunnel.
  const host = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
  const origin = sent.origin === undefined ? undefined : sent.origin.replace(/^http:\/\//, '');
  return host.test(sent.host ?? '') && (origin === undefined || origin === sent.host || origin === `127.0.0.1:${port}`);
}

function same(secret: string, given: string): boolean {
  const [a, b] = [Buffer.from(secret), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function wishOf(request: IncomingMessage): Promise<Wish> {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > LONGEST_BODY) throw bad('the request is too long');
  }
  if (text === '') return {};
  try {
    const { by, cause } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof by === 'string' ? { by } : {}),
      ...(typeof cause === 'string' ? { cause } : {}),
    };
  } catch {
    throw bad('the request is not JSON');
  }
}

function bad(what: string): FalldownError {
  return new FalldownError({
    code: 'GAMEDAY_REQUEST',
    kind: 'usage',
    what,
  });
}

function headers(): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...headers(), 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers(), 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** A mistake of the one who asked is told; anything else is ours, and its details are nobody's business here. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!(error instanceof FalldownError)) {
    end(response, 500, reasonOf(error));
    return;
  }
  const { code, what, on, expected, seen, next } = error.failure;
  json(response, 400, { error: { code, what, on, expected, seen, next } });
}
