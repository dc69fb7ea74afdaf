import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeClient } from '../../../harness/kube/client.ts';
import type { Credentials } from '../../../harness/kube/credentials.ts';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed; undefined without a body. */
  body: unknown;
}

export type Answering = (asked: Asked, response: ServerResponse) => unknown;

/** A local HTTP server that plays the API server: `answer` says what it does, `asked` what it was asked. */
export class FakeApi {
  readonly asked: Asked[] = [];
  answer: Answering;
  readonly #server: Server;
  readonly #clients: KubeClient[] = [];

  private constructor(answer: Answering) {
    this.answer = answer;
    this.#server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const url = new URL(request.url ?? '', 'http://api');
      const asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      this.asked.push(asked);
      await this.answer(asked, response);
    });
  }

  static async start(answer: Answering = (_asked, response) => json(response, {})): Promise<FakeApi> {
    const api = new FakeApi(answer);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get credentials(): Credentials {
    const { port } = this.#server.address() as AddressInfo;
    return { cluster: 'fake', server: `http://127.0.0.1:${port}`, user: 'tester', headers: {}, tls: {} };
  }

  client(actor = 'tester'): KubeClient {
    const client = new KubeClient(this.credentials, { actor, connections: 16 });
    this.#clients.push(client);
    return client;
  }

  /** What was asked with this method, in order. */
  by(method: string): Asked[] {
    return this.asked.filter((a) => a.method === method);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function json(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The API server's way to say no. */
export function status(response: ServerResponse, code: number, reason: string, message: string): void {
  json(response, { kind: 'Status', status: 'Failure', code, reason, message }, code);
}

/** Resolves with what a promise rejects with; throws when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
}
