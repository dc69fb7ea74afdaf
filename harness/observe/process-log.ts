import { open } from 'node:fs/promises';
import type { JournalEntry } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';

const LOOK_MILLISECONDS = 100;

/**
 * Follows the node agent's record of processes into the journal, with the agent's own times.
 * Returns a function that reads the rest and stops.
 */
export function followProcessLog(path: string, journal: Journal): () => Promise<void> {
  let offset = 0;
  let rest = '';
  const look = async () => {
    const file = await open(path, 'r').catch(() => undefined);
    if (file === undefined) return;
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(256 * 1024), position: offset });
      offset += bytesRead;
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { at, ...entry } = JSON.parse(line) as { at: string } & JournalEntry;
        journal.append(entry, at);
      }
    } finally {
      await file.close();
    }
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
