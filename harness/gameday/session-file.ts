import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FalldownError } from '../errors.ts';
import { ownerLives, readLedgers } from '../run/ledger.ts';
import type { Audience } from './board.ts';

/** In the session's folder, readable by its maker alone: how its page is reached. */
export const SESSION_FILE = 'session.json';

export interface SessionFile {
  sessionId: string;
  scenario: string;
  /** Each with the secret of its audience. */
  urls: Record<Audience, string>;
}

/** The session that goes on on this machine; with several, the one that is named by its id or a part of it. Throws GAMEDAY_NONE. */
export function findSession(name: string | undefined): SessionFile {
  const going = readLedgers().filter((file) => file.title.startsWith('gameday ') && ownerLives(file));
  const found = name === undefined ? going : going.filter(({ runId }) => runId.includes(name));
  const [only, ...others] = found;
  if (only?.runDir !== undefined && others.length === 0) {
    try {
      return JSON.parse(readFileSync(join(only.runDir, SESSION_FILE), 'utf8')) as SessionFile;
    } catch (cause) {
      throw none('the session is still being prepared', only.runId, cause);
    }
  }
  const ids = going.map(({ runId }) => runId).join('\n');
  if (others.length > 0) throw none('several sessions go on: name one with --session', ids);
  throw none('no such session goes on', ids === '' ? undefined : ids);
}

function none(what: string, seen?: string, cause?: unknown): FalldownError {
  return new FalldownError({
    code: 'GAMEDAY_NONE',
    kind: 'usage',
    what,
    seen,
    next: seen === undefined ? 'start one: falldown gameday admission-deadlock' : undefined,
    cause,
  });
}
