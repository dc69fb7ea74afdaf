import type { Transport } from '../../observe/sampler/transport.ts';
import { Client } from './client.ts';
import type { Tally } from './tally.ts';

/** What a page about the whole cluster asks for. */
const EVERYTHING = ['/api/v1/pods', '/api/v1/nodes', '/api/v1/events', '/apis/batch/v1/jobs'];

/** A dashboard on somebody's screen: lists everything, all at once, and again when its interval comes round after that. */
export class Dashboard extends Client {
  readonly #everyMilliseconds: number;

  constructor(transport: Transport, tally: Tally, everySeconds: number) {
    super(transport, tally);
    this.#everyMilliseconds = everySeconds * 1000;
  }

  protected round(): void {
    const began = performance.now();
    let open = EVERYTHING.length;
    const ended = () => {
      open -= 1;
      if (open > 0) return;
      const late = (performance.now() - began) % this.#everyMilliseconds;
      this.after(this.#everyMilliseconds - late);
    };
    for (const path of EVERYTHING) this.ask({ method: 'GET', path }, ended);
  }
}
