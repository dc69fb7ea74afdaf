/**
 * What loads the API server from outside: `dashboard` lists everything every few seconds, `watcher` is `kubectl get pods -A
 * -w`, `controller` asks for a pod (in dry-run, through the webhooks) and retries when it is refused, as client-go does.
 */
export type ClientKind = 'dashboard' | 'watcher' | 'controller';

/** What became of the requests of one kind of client since the line before. */
export interface ClientTally {
  answered: number;
  /** Answered with 429: API Priority and Fairness had no place for them. */
  turnedAway: number;
  /** Any other error, no answer, or none within the time that a client waits. */
  failed: number;
  /** Of those that were answered, in seconds; 0 without any. A watch ends when it ends, and has none. */
  medianSeconds: number;
  slowestSeconds: number;
}

/** The clients that there are now, told when that changes and every few seconds. */
export interface ClientsTold {
  type: 'clients';
  dashboards: number;
  watchers: number;
  controllers: number;
  asked: Partial<Record<ClientKind, ClientTally>>;
  /** CPU seconds of their thread so far. */
  cpuSeconds?: number;
  /** When they are gone without having been asked to leave: from here on nobody loads anything. */
  reason?: string;
}
