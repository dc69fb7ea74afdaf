import { wholeLines } from '../whole-lines.ts';

export type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T };

/** How the events of a watch are written on the wire. */
export interface WatchCodec<T> {
  /** The media type that is asked for. */
  mediaType: string;
  /** Reads one stream: is given what has come, and tells the events that end in it. Throws on what is not in this form. */
  reader(): (chunk: Buffer) => Iterable<WatchEvent<T>>;
}

/** One JSON document a line: every kind of object can be had so, whole. */
export function jsonLines<T>(): WatchCodec<T> {
  return {
    mediaType: 'application/json',
    reader() {
      const lines = wholeLines();
      return function* (chunk) {
        for (const line of lines(chunk)) if (line !== '') yield JSON.parse(line) as WatchEvent<T>;
      };
    },
  };
}
