import { type FileHandle, open } from 'node:fs/promises';
import type { JournalEntry } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';

const LOOK_MILLISECONDS = 100;
const PIECE_BYTES = 256 * 1024;

/**
 * Follows the node agent's record of processes into the journal, with the agent's own times. A line that cannot be read
 * becomes a note. Returns a function that reads the rest and stops.
 */
export function followProcessLog(path: string, journal: Journal): () => Promise<void> {
  const decoder = new TextDecoder();
  let offset = 0;
  let rest = '';
  let number = 0;
  const take = (line: string) => {
    number += 1;
    try {
      const { at, ...entry } = JSON.parse(line) as { at: string } & JournalEntry;
      journal.append(entry, at);
    } catch {
      journal.append({ type: 'note', text: `a line of the node agent cannot be read: ${path}:${number}` });
    }
  };
  const readOn = async (file: FileHandle) => {
    for (;;) {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(PIECE_BYTES), position: offset });
      if (bytesRead === 0) return;
      offset += bytesRead;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
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
