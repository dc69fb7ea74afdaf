import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toJson } from '../../reports/json.ts';
import type { Result } from '../../reports/result.ts';
import { parseResult } from '../../reports/schema.ts';
import { FalldownError, reasonOf } from '../errors.ts';
import { stateDir } from '../paths.ts';
import { say } from './output.ts';

const VERSION = 1;
/** Another process that writes is waited for this long. */
const BUSY_MILLISECONDS = 10_000;

/** The results of past runs: `$XDG_STATE_HOME/falldown/history.db`, one row a run. Nothing here deletes anything. */
export class History implements Disposable {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Opens it, or makes it. Throws HISTORY_DAMAGED when it is no such database, HISTORY_NEWER when a newer falldown made it. */
  static open(path = join(stateDir(), 'history.db')): History {
    let db: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(path), { recursive: true });
      db = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
      const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
      if (found > VERSION) throw newer(path, found);
      db.exec(
        'CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, result TEXT NOT NULL) STRICT',
      );
      if (found < VERSION) db.exec(`PRAGMA user_version = ${VERSION}`);
      return new History(db);
    } catch (cause) {
      db?.close();
      throw cause instanceof FalldownError ? cause : damaged(path, cause);
    }
  }

  /** Takes a run in, in place of what was known of the same run. */
  add(result: Result): void {
    const statement = this.#db.prepare('INSERT OR REPLACE INTO runs (run_id, started_at, result) VALUES (?, ?, ?)');
    statement.run(result.runId, result.startedAt, toJson(result));
  }

  /** Every run, oldest first. One that cannot be read, as a newer falldown wrote it, is named and left out. */
  results(): Result[] {
    const rows = this.#db.prepare('SELECT run_id, result FROM runs ORDER BY started_at, run_id').all();
    return rows.flatMap((row) => {
      try {
        return [parseResult(String(row.result), `run ${row.run_id} in the history`)];
      } catch (error) {
        say(`left out: ${reasonOf(error)}`);
        return [];
      }
    });
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** Every run that is known, where it is good to know them and no more: a history that cannot be opened is told, and there is none. */
export function knownResults(): Result[] {
  try {
    using history = History.open();
    return history.results();
  } catch (error) {
    say(`timings cannot be judged: ${reasonOf(error)}`);
    return [];
  }
}

function newer(path: string, found: number): FalldownError {
  return new FalldownError({
    code: 'HISTORY_NEWER',
    kind: 'usage',
    what: 'the history was written by a newer falldown',
    on: path,
    expected: `version ${VERSION} or lower`,
    seen: `version ${found}`,
    next: 'update falldown; nothing was changed',
  });
}

function damaged(path: string, cause: unknown): FalldownError {
  return new FalldownError({
    code: 'HISTORY_DAMAGED',
    kind: 'usage',
    what: 'the history cannot be read or written',
    on: path,
    seen: reasonOf(cause),
    next: 'nothing was changed: move the file away, then falldown history --add DIR takes the runs of a folder in again',
    cause,
  });
}
