import { closeSync, openSync, readSync } from 'node:fs';
import { wholeLines } from '../whole-lines.ts';

const LOOK_MILLISECONDS = 100;
const PIECE_BYTES = 256 * 1024;

/**
 * Follows a file that another process writes, line by line, from its beginning; it need not be there yet. Returns a
 * function that reads the rest and stops.
 *
 * Read synchronously: most looks find nothing, and a trip through the thread pool costs many times what such a look does.
 */
export function followLines(path: string, take: (line: string, number: number) => void): () => void {
  const lines = wholeLines();
  const piece = Buffer.alloc(PIECE_BYTES);
  let file: number | undefined;
  let offset = 0;
  let number = 0;
  const look = () => {
    file ??= opened(path);
    if (file === undefined) return;
    for (;;) {
      const size = readSync(file, piece, 0, PIECE_BYTES, offset);
      if (size === 0) return;
      offset += size;
      for (const line of lines(piece.subarray(0, size))) take(line, ++number);
    }
  };
  look();
  const timer = setInterval(look, LOOK_MILLISECONDS);
  return () => {
    clearInterval(timer);
    look();
    if (file !== undefined) closeSync(file);
  };
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
