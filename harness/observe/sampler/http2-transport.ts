import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Target } from './messages.ts';
import { type Ask, lineReader, type Transport } from './transport.ts';

/** A list of 30,000 pods is 60 MB: at the default window of 64 KiB it would take a thousand round trips. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** One HTTP/2 session, opened when it is needed and again after it broke. */
export class Http2Transport implements Transport {
  readonly protocol = 'h2';
  readonly #target: Target;
  #session: ClientHttp2Session | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  ask(ask: Ask, done: (code: number) => void): () => void {
    return this.#send(ask, (stream) => stream.resume(), done);
  }

  lines(path: string, onLine: (line: string) => void, done: (code: number) => void): () => void {
    const read = lineReader(onLine);
    return this.#send({ method: 'GET', path }, (stream) => stream.on('data', read), done);
  }

  renew(): void {
    const old = this.#session;
    this.#session = undefined;
    // Lets what is under way come to its end.
    old?.close();
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #send({ method, path, body }: Ask, read: (stream: ClientHttp2Stream) => void, done: (code: number) => void) {
    let told = false;
    let code = 0;
    const tell = (said: number) => {
      if (told) return;
      told = true;
      done(said);
    };
    let stream: ClientHttp2Stream;
    try {
      stream = this.#open().request(
        {
          ...this.#target.headers,
          ':method': method,
          ':path': path,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        { endStream: body === undefined },
      );
    } catch {
      this.#session = undefined;
      // Not at once: the caller does not expect an answer before this call has returned.
      setImmediate(tell, 0);
      return () => undefined;
    }
    stream.on('response', (headers) => {
      code = headers[':status'] ?? 0;
    });
    stream.on('end', () => tell(stream.aborted ? 0 : code));
    stream.on('error', () => tell(0));
    stream.on('close', () => tell(0));
    read(stream);
    if (body !== undefined) stream.end(body);
    return () => {
      told = true;
      stream.close(constants.NGHTTP2_CANCEL);
    };
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(this.#target.server, {
      ...this.#target.tls,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    });
    session.on('connect', () => session.setLocalWindowSize(WINDOW_BYTES * 2));
    const forget = () => {
      if (this.#session === session) this.#session = undefined;
    };
    // Its streams tell of the failure.
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    this.#session = session;
    return session;
  }
}
