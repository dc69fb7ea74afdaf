import type { JournalEntry } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { followLines } from './follow-lines.ts';

/**
 * Follows the node agent's record of processes into the journal, with the agent's own times. A line that cannot be read
 * becomes a note. Returns a function that reads the rest and stops.
 */
export function followProcessLog(path: string, journal: Journal): () => void {
  return followLines(path, (line, number) => {
    try {
      const { at, ...entry } = JSON.parse(line) as { at: string } & JournalEntry;
      journal.append(entry, at);
    } catch {
      journal.append({ type: 'note', text: `a line of the node agent cannot be read: ${path}:${number}` });
    }
  });
}
