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
  #bytes = 0;
  #seq = 0;
  #closed = false;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'ax', 0o644);
    this.#timer = setInterval(() => this.flush(), FLUSH_MILLISECONDS);
    this.#timer.unref();
  }

  /** Seconds since the run began. */
  now(): number {
    return (performance.now() - this.#startedMonotonic) / 1000;
  }

  /** `happenedAt`: for what another process saw and stamped itself (wall clock of this machine). */
  append(entry: JournalEntry, happenedAt?: string): JournalEvent {
    const wall = happenedAt === undefined ? this.#startedWall + this.now() * 1000 : Date.parse(happenedAt);
    const t = Math.round(wall - this.#startedWall) / 1000;
    const event = { seq: ++this.#seq, t, at: new Date(wall).toISOString(), ...entry } as JournalEvent;
    // After the end only stragglers come (an aborted request, a watch that stops); they have nothing to tell.
    if (this.#closed) return event;
    const line = `${JSON.stringify(event)}\n`;
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= FLUSH_BYTES) this.flush();
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#bytes = 0;
    writeSync(this.#fd, text);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.flush();
    closeSync(this.#fd);
  }
}
