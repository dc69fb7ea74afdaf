import type { Ask, Transport } from '../../observe/sampler/transport.ts';
import type { Tally } from './tally.ts';

/** As long as a cloud's console or gateway waits. */
const PATIENCE_MILLISECONDS = 60_000;

/** One program with connections of its own that asks the API server for something, again and again, until it is closed. */
export abstract class Client {
  readonly #transport: Transport;
  readonly #tally: Tally;
  readonly #under = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(transport: Transport, tally: Tally) {
    this.#transport = transport;
    this.#tally = tally;
  }

  /** One round; it says itself when the next one is (`after`). */
  protected abstract round(): void;

  start(afterMilliseconds: number): void {
    this.after(afterMilliseconds);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const giveUp of this.#under) giveUp();
    this.#transport.close();
  }

  protected after(milliseconds: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.round(), milliseconds);
  }

  /** Sends one request and counts what becomes of it; `ended` hears of the HTTP status, 0 without an answer. */
  protected ask(ask: Ask, ended: (code: number) => void, patience = PATIENCE_MILLISECONDS): void {
    const began = performance.now();
    const end = (code: number) => {
      clearTimeout(timer);
      this.#under.delete(giveUp);
      if (this.#closed) return;
      this.#tally.add(code, performance.now() - began);
      ended(code);
    };
    const giveUp = this.#transport.ask(ask, end);
    this.#under.add(giveUp);
    const late = () => {
      giveUp();
      // It may be the connection that is dead.
      this.#transport.renew();
      end(0);
    };
    const timer = patience === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, patience);
  }
}
