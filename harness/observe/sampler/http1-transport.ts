import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Target } from './messages.ts';
import { type Ask, lineReader, type Transport } from './transport.ts';

const CONNECTIONS = 32;

/** HTTP/1.1 over kept-alive connections: for a server, or a proxy before it, that speaks no HTTP/2. */
export class Http1Transport implements Transport {
  readonly protocol = 'http/1.1';
  readonly #target: Target;
  readonly #agent: HttpAgent;

  constructor(target: Target) {
    this.#target = target;
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    this.#agent = target.server.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  ask(ask: Ask, done: (code: number) => void): () => void {
    return this.#send(ask, (answer) => answer.resume(), done);
  }

  lines(path: string, onLine: (line: string) => void, done: (code: number) => void): () => void {
    const read = lineReader(onLine);
    return this.#send({ method: 'GET', path }, (answer) => answer.on('data', read), done);
  }

  /** A request that is given up closes its connection, so there is nothing to renew. */
  renew(): void {}

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, body }: Ask, read: (answer: IncomingMessage) => void, done: (code: number) => void) {
    let told = false;
    const tell = (code: number) => {
      if (told) return;
      told = true;
      done(code);
    };
    const request = this.#agent instanceof HttpsAgent ? requestHttps : requestHttp;
    const headers = {
      ...this.#target.headers,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const options = { ...this.#target.tls, agent: this.#agent, method, headers };
    const sent = request(new URL(path, this.#target.server), options, (answer) => {
      answer.on('end', () => tell(answer.complete ? (answer.statusCode ?? 0) : 0));
      answer.on('error', () => tell(0));
      answer.on('close', () => tell(0));
      read(answer);
    });
    sent.on('error', () => tell(0));
    sent.end(body);
    return () => {
      told = true;
      sent.destroy();
    };
  }
}
