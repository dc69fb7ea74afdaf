import { createInterface } from 'node:readline/promises';
import { FalldownError } from '../errors.ts';

/**
 * Asks a person at the terminal, on stderr; anything but yes is no. Throws CONFIRMATION_NEEDED where nobody can be
 * asked.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new FalldownError({
      code: 'CONFIRMATION_NEEDED',
      kind: 'usage',
      what: 'there is nobody to ask, as this is no terminal',
      next: 'say yes beforehand: --yes',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
