import type { Ask, Transport } from '../../observe/sampler/transport.ts';
import { Client } from './client.ts';
import type { ClientsConfig } from './messages.ts';
import type { Tally } from './tally.ts';

/** client-go's DefaultControllerRateLimiter: an item that failed is tried again after 5 ms, twice that, … up to 1000 s. */
const FIRST_RETRY_MILLISECONDS = 5;
const LAST_RETRY_MILLISECONDS = 1_000_000;

/** A controller that wants one pod. In dry-run: it passes the webhooks, and leaves nothing behind. */
export class Controller extends Client {
  readonly #ask: Ask;
  readonly #everyMilliseconds: number;
  #failures = 0;

  constructor(transport: Transport, tally: Tally, { everySeconds, namespace, pod }: ClientsConfig) {
    super(transport, tally);
    this.#everyMilliseconds = everySeconds * 1000;
    this.#ask = { method: 'POST', path: `/api/v1/namespaces/${namespace}/pods?dryRun=All`, body: pod };
  }

  protected round(): void {
    this.ask(this.#ask, (code) => {
      if (code === 201) {
        this.#failures = 0;
        this.after(this.#everyMilliseconds);
        return;
      }
      this.after(Math.min(FIRST_RETRY_MILLISECONDS * 2 ** this.#failures, LAST_RETRY_MILLISECONDS));
      this.#failures += 1;
    });
  }
}
