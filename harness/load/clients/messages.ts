import type { ClientsTold } from '../../journal/client-events.ts';
import type { Target } from '../../observe/sampler/messages.ts';

/** How many clients of each kind. */
export type Clients = Pick<ClientsTold, 'dashboards' | 'watchers' | 'controllers'>;

/** What the clients' thread is started with. */
export interface ClientsConfig {
  target: Target;
  /** Between two refreshes of a dashboard, and two rounds of a controller that has nothing to retry. */
  everySeconds: number;
  /** Where controllers ask for pods. */
  namespace: string;
  /** The pod that controllers ask for, as JSON. */
  pod: string;
}

export type ToClients = { be: Clients } | 'stop';

export type FromClients =
  /** As many as were asked for are there. */
  { ready: Clients } | { told: Pick<ClientsTold, 'asked' | 'cpuSeconds'> } | { stopped: true };
