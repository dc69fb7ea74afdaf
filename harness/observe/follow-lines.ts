import { type FileHandle, open } from 'node:fs/promises';

const LOOK_MILLISECONDS = 100;
const PIECE_BYTES = 256 * 1024;

/**
 * Follows a file that another process writes, line by line, from its beginning; it need not be there yet. Returns a
 * function that reads the rest and stops.
 */
export function followLines(path: string, take: (line: string, number: number) => void): () => Promise<void> {
  const decoder = new TextDecoder();
  let offset = 0;
  let rest = '';
  let number = 0;
  const readOn = async (file: FileHandle) => {
    for (;;) {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(PIECE_BYTES), position: offset });
      if (bytesRead === 0) return;
      offset += bytesRead;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line, ++number);
    }
  };
  const look = async () => {
    const file = await open(path, 'r').catch(() => undefined);
    if (file === undefined) return;
    await readOn(file).finally(() => file.close());
  };
  let turn = look();
  const timer = setInterval(() => {
    turn = turn.then(look);
  }, LOOK_MILLISECONDS);
  return async () => {
    clearInterval(timer);
    await turn;
    await look();
  };
}
