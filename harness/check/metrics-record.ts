import type { AlertRules, Envelope, JournalEvent, MetricClaim, MetricsStarted, ServerDied } from '../journal/events.ts';

/** What the journal has of the metrics: how they were set up, what each server showed, and what broke. */
export class MetricsRecord {
  readonly claims: (Envelope & MetricClaim)[] = [];
  readonly #rules: (Envelope & AlertRules)[] = [];
  readonly #died: (Envelope & ServerDied)[] = [];
  #started: (Envelope & MetricsStarted) | undefined;

  /** Is it about metrics? Then it is kept here. */
  takes(event: JournalEvent): boolean {
    switch (event.type) {
      case 'metrics.started':
        this.#started = event;
        return true;
      case 'metrics.died':
        this.#died.push(event);
        return true;
      case 'claim':
        this.claims.push(event);
        return true;
      case 'alert-rules':
        this.#rules.push(event);
        return true;
      case 'metrics.silenced':
        return true;
      default:
        return false;
    }
  }

  /** Undefined when no set-ups were ever made. */
  get started(): (Envelope & MetricsStarted) | undefined {
    return this.#started;
  }

  /** The alerting rules of a server, as it evaluated them last. */
  rules(server: string): (Envelope & AlertRules) | undefined {
    return this.#rules.findLast((r) => r.server === server);
  }

  /** Why nothing can be said of a server; undefined when it ran all the time. */
  broken(server: string): (Envelope & ServerDied) | undefined {
    return this.#died.find((d) => d.server === server);
  }
}
