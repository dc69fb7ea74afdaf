import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { buildConnector } from 'undici';

/**
 * The API server sends every change of an object by itself. Waking up for each costs several times what reading it does;
 * so what comes within this time is read together.
 */
const REST_MILLISECONDS = 100;

/** What is read is gathered in a large buffer: a stream of as many small ones costs more than the decryption. */
const ROOM_BYTES = 128 * 1024;

/** OpenSSL hands out no more than one TLS record at a time. */
const RECORD_BYTES = 16 * 1024;

/**
 * A connection that is read in gulps: all that is there, then a rest, during which what comes stays with the kernels of
 * both sides (some MB, so that the server does not wait). What comes after a silence is handed out at once, all else at most
 * a rest later; while there is always more, there is no rest, so that a reader can catch up. For undici, which needs no more
 * of a socket than this.
 */
export class GulpedSocket extends Duplex {
  readonly #socket: Socket;
  #room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  /** Where in it begins what was not yet handed out, and where it ends. */
  #handedOut = 0;
  #filled = 0;
  /** Whether anything came since the last turn of the event loop. */
  #fresh = false;
  #turn: NodeJS.Immediate | undefined;
  #rest: NodeJS.Timeout | undefined;
  #wanted = true;

  /** What `socket` reads it must hand to `receive`. */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('end', () => {
      this.#handOut();
      this.push(null);
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Called with each piece that was read, which stays in `from` only until it returns. */
  receive(from: Buffer, bytes: number): void {
    if (this.#filled + bytes > ROOM_BYTES) {
      this.#handOut();
      this.#room = Buffer.allocUnsafeSlow(ROOM_BYTES);
      this.#handedOut = this.#filled = 0;
    }
    from.copy(this.#room, this.#filled, 0, bytes);
    this.#filled += bytes;
    this.#fresh = true;
    this.#turn ??= setImmediate(this.#look);
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  readonly #look = () => {
    this.#turn = undefined;
    this.#handOut();
    if (this.#fresh && this.#wanted) {
      this.#fresh = false;
      this.#turn = setImmediate(this.#look);
      return;
    }
    this.#socket.pause();
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#goOn();
    }, REST_MILLISECONDS);
  };

  #handOut(): void {
    if (this.#filled === this.#handedOut) return;
    this.#wanted = this.push(this.#room.subarray(this.#handedOut, this.#filled));
    this.#handedOut = this.#filled;
  }

  #goOn(): void {
    if (this.#wanted && this.#rest === undefined && this.#turn === undefined) this.#socket.resume();
  }

  override _read(): void {
    this.#wanted = true;
    this.#goOn();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#rest);
    this.#socket.destroy();
    done(error);
  }
}

/** Connects as undici does, to what is read in gulps. */
export function gulpedConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  return (to, callback) => {
    let gulped: GulpedSocket;
    // Node's own way to read into the same buffer again and again instead of into a new one for each record.
    const buffer = Buffer.allocUnsafeSlow(RECORD_BYTES);
    const onread = {
      buffer,
      callback: (bytes: number) => {
        gulped.receive(buffer, bytes);
        return true;
      },
    };
    const connect = buildConnector({ ...options, onread } as buildConnector.BuildOptions);
    connect(to, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      // Nothing was read before: over HTTP/1.1 a server says nothing unasked.
      gulped = new GulpedSocket(socket);
      return callback(null, gulped as unknown as Socket);
    });
  };
}
