import { closeSync, openSync, readSync } from 'node:fs';
import { FalldownError, reasonOf } from '../errors.ts';
import type { JournalEvent } from './events.ts';

/**
 * Reads a journal event by event, in pieces, so that its size does not matter. A last line that is cut off is what a
 * killed harness leaves, and is passed over; a damaged line elsewhere throws JOURNAL_DAMAGED with its number.
 */
export function* readJournal(path: string): Generator<JournalEvent> {
  let number = 0;
  for (const { text, complete } of linesOf(path)) {
    number += 1;
    if (text === '') continue;
    try {
      yield JSON.parse(text) as JournalEvent;
    } catch (cause) {
      if (!complete) return;
      throw new FalldownError({
        code: 'JOURNAL_DAMAGED',
        kind: 'usage',
        what: 'the journal has a line that is not JSON',
        on: `${path}:${number}`,
        seen: text.slice(0, 120),
        cause,
      });
    }
  }
}

function* linesOf(path: string): Generator<{ text: string; complete: boolean }> {
  const fd = open(path);
  try {
    const decoder = new TextDecoder();
    const chunk = Buffer.alloc(1 << 20);
    let rest = '';
    for (;;) {
      const size = readSync(fd, chunk);
      if (size === 0) break;
      const parts = (rest + decoder.decode(chunk.subarray(0, size), { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) yield { text, complete: true };
    }
    if (rest !== '') yield { text: rest, complete: false };
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new FalldownError({
      code: 'JOURNAL_UNREADABLE',
      kind: 'usage',
      what: 'cannot read the journal',
      on: path,
      seen: reasonOf(cause),
      next: 'name a run: `latest`, a run id, or the path of its folder',
      cause,
    });
  }
}
