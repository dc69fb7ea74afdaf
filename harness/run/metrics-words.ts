import { setTimeout as delay } from 'node:timers/promises';
import type { Monitoring } from '../observe/metrics/monitoring.ts';
import { waitFor } from '../wait.ts';
import type { WorldParts } from './world.ts';

/** What was true so many scrapes ago is what panels show. */
const SEEN_SCRAPES = 3;
/** For how long after the longest lie: rules look back, and wait, before they fire. Seconds of the incident. */
const AFTERWARDS_SECONDS = 1200;

/** The Prometheus set-ups and what they show, in the words that experiments are written in. */
export class MetricsWords {
  readonly #parts: WorldParts;
  #silentSince: number | undefined;

  constructor(parts: WorldParts) {
    this.#parts = parts;
  }

  /** Starts the set-ups, and waits until every panel of every server shows something; scrapes come on top of the seconds. */
  async setUp(withinSeconds: number): Promise<void> {
    const monitoring = this.#monitoring;
    await monitoring.setUp();
    let blank: string[] = [];
    const allShow = async () => {
      blank = await monitoring.blankPanels();
      return blank.length === 0;
    };
    await waitFor(allShow, {
      what: 'every panel to show something',
      timeoutSeconds: withinSeconds + SEEN_SCRAPES * monitoring.times.scrapeSeconds,
      signal: this.#parts.signal,
      seen: () => blank.join('\n'),
    });
  }

  /** Waits for some scrapes, so that what is true now is what the panels show. */
  async seen(): Promise<void> {
    await this.#pass(SEEN_SCRAPES * this.#monitoring.times.scrapeSeconds);
  }

  /** Waits until every source has gone with its pod. */
  async silence(withinSeconds: number): Promise<void> {
    this.#silentSince = this.#parts.journal.now();
    await waitFor(() => this.#monitoring.speaking.length === 0, {
      what: 'the pods that the data comes through to be gone',
      timeoutSeconds: withinSeconds,
      signal: this.#parts.signal,
      everySeconds: 0.05,
      seen: () => this.#monitoring.speaking.join('\n'),
    });
  }

  /** Lets the servers show what they show, for longer than any of them may hold on to it, and writes it down. */
  async watch(): Promise<void> {
    const { journal } = this.#parts;
    const { scrapeSeconds, heldSeconds, timeScale } = this.#monitoring.times;
    await this.#pass(heldSeconds + AFTERWARDS_SECONDS / timeScale + 2 * scrapeSeconds);
    const from = (this.#silentSince ?? journal.now()) - SEEN_SCRAPES * scrapeSeconds;
    await this.#monitoring.collect(Math.max(0, from), journal.now());
  }

  get #monitoring(): Monitoring {
    const { monitoring } = this.#parts;
    if (monitoring !== undefined) return monitoring;
    throw new Error(
      'this run has no Prometheus: its profile says metrics.prometheus: false, or it is a cell of a matrix',
    );
  }

  #pass(seconds: number): Promise<void> {
    return delay(seconds * 1000, undefined, { signal: this.#parts.signal });
  }
}
