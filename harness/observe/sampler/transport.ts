import { wholeLines } from '../../whole-lines.ts';

/** What is asked of a server. */
export interface Ask {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** JSON. */
  body?: string | undefined;
}

/**
 * Connections of one series to one server. It reads answers to their end and throws them away. Written for little CPU
 * of its own: callbacks, no parsing, one HTTP/2 session.
 */
export interface Transport {
  readonly protocol: 'h2' | 'http/1.1';
  /** `done` is called once: with the HTTP status when the whole answer is there, with 0 when none will come. Returns what gives up. */
  ask(ask: Ask, done: (code: number) => void): () => void;
  /** Reads an answer line by line, until it ends; `done` as above. */
  lines(path: string, onLine: (line: string) => void, done: (code: number) => void): () => void;
  /** Later requests get a connection of their own: this one has not answered for long and may be dead. */
  renew(): void;
  close(): void;
}

/** Calls `onLine` with each whole line of a stream that comes in pieces. */
export function lineReader(onLine: (line: string) => void): (piece: Buffer) => void {
  const lines = wholeLines();
  return (piece) => {
    for (const line of lines(piece)) if (line !== '') onLine(line);
  };
}
