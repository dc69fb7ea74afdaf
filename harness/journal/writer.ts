import { closeSync, openSync, writeSync } from 'node:fs';
import type { JournalEntry, JournalEvent } from './events.ts';

/** A crash loses at most what was written in this time. */
const FLUSH_MILLISECONDS = 200;
const FLUSH_BYTES = 256 * 1024;

export type Listener = (event: JournalEvent) => void;

/**
 * Appends events to `journal.ndjson`, one JSON object a line. Nobody reads the file during a run: live views subscribe.
 * Writes are gathered for 200 ms, so that tens of thousands of events a second cost a few system calls.
 */
export class Journal {
  readonly path: string;
  readonly #fd: number;
  readonly #startedMonotonic = performance.now();
  readonly #startedWall = Date.now();
  readonly #listeners = new Set<Listener>();
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];
  #unwritten: Buffer = Buffer.alloc(0);
  #onBroken: ((error: unknown) => void) | undefined;
  #bytes = 0;
  #seq = 0;
  #closed = false;

  /** `onBroken` is told once when lines cannot be written: from then on the file is behind what happens. */
  constructor(path: string, onBroken?: (error: unknown) => void) {
    this.path = path;
    this.#onBroken = onBroken;
    this.#fd = openSync(path, 'ax', 0o644);
    this.#timer = setInterval(() => this.#flushInPassing(), FLUSH_MILLISECONDS);
    this.#timer.unref();
  }

  /** Seconds since the run began. */
  now(): number {
    return (performance.now() - this.#startedMonotonic) / 1000;
  }

  /**
   * `happenedAt`: for what another process saw and stamped itself (wall clock of this machine). Its `t` is that long
   * before now, so that a clock that was set in mid-run moves nothing that is told later.
   */
  append(entry: JournalEntry, happenedAt?: string): JournalEvent {
    const now = this.now();
    const ago = happenedAt === undefined ? 0 : (Date.now() - Date.parse(happenedAt)) / 1000;
    const t = Math.round((now - ago) * 1000) / 1000;
    const wall = happenedAt === undefined ? this.#startedWall + now * 1000 : Date.parse(happenedAt);
    const at = new Date(wall).toISOString();
    const event = { seq: ++this.#seq, t, at, ...entry } as JournalEvent;
    // After the end only stragglers come (an aborted request, a watch that stops); they have nothing to tell.
    if (this.#closed) return event;
    const line = `${JSON.stringify(event)}\n`;
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= FLUSH_BYTES) this.#flushInPassing();
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what was gathered. Throws when the disk takes it not, or not whole; what it did not take is kept for the next try. */
  flush(): void {
    if (this.#lines.length + this.#unwritten.length === 0) return;
    this.#unwritten = Buffer.concat([this.#unwritten, Buffer.from(this.#lines.join(''))]);
    this.#lines = [];
    this.#bytes = 0;
    while (this.#unwritten.length > 0) {
      this.#unwritten = this.#unwritten.subarray(writeSync(this.#fd, this.#unwritten));
    }
  }

  /** Whoever happens to append a line can do nothing about a full disk: the one who owns the journal is told, once. */
  #flushInPassing(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onBroken?.(error);
      this.#onBroken = undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    try {
      this.flush();
    } finally {
      closeSync(this.#fd);
    }
  }
}
