import { readFile } from 'node:fs/promises';

const FIRST_LINES = 2;
const LAST_LINES = 12;

/** What one run of a process wrote, from `offset` of its log on: the end, and the beginning, where a usage error says what is wrong. */
export async function lastWords(path: string, offset: number): Promise<string> {
  const log = await readFile(path).catch(() => Buffer.alloc(0));
  const lines = log.subarray(offset).toString('utf8').trimEnd().split('\n');
  const cut = lines.length <= FIRST_LINES + LAST_LINES + 1;
  return (cut ? lines : [...lines.slice(0, FIRST_LINES), '…', ...lines.slice(-LAST_LINES)]).join('\n');
}
