import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Profile } from '../../clusters/providers/provider.ts';
import { reasonOf } from '../errors.ts';
import { probePod } from '../gatekeeper/enforcement.ts';
import type { Journal } from '../journal/writer.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { createIdentity } from '../kube/identities.ts';
import { ensureNamespace } from '../kube/namespaces.ts';
import { waitFor } from '../wait.ts';
import type { Clients, ClientsConfig, FromClients, ToClients } from './clients/messages.ts';

const NAMESPACE = 'falldown-clients';
const START_SECONDS = 20;
const STOP_MILLISECONDS = 2000;
const NOBODY: Clients = { dashboards: 0, watchers: 0, controllers: 0 };

/** The user that all of them are: an ordinary ServiceAccount, under API Priority and Fairness like everybody. */
export const CLIENTS_USER = 'api-clients';
const IDENTITY = {
  name: CLIENTS_USER,
  rules: [
    { apiGroups: [''], resources: ['pods', 'nodes', 'events'], verbs: ['list', 'watch'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['create'] },
  ],
};

export interface ApiClientsParts {
  profile: Profile;
  admin: KubeClient;
  /** How the API server is reached, as anybody. */
  base: Credentials;
  journal: Journal;
  runId: string;
  signal: AbortSignal;
  /** Runs at the end of the run, whatever became of it. */
  atEnd(what: string, undo: () => Promise<void>): void;
}

/**
 * F2: the dashboards, terminals and controllers that keep asking the API server, in a thread of their own with connections
 * of their own. How many there are, and what became of their requests, is in the journal.
 */
export class ApiClients {
  readonly #p: ApiClientsParts;
  #worker: Worker | undefined;
  /** As many as the thread has, and as many as it was asked for. */
  #there = NOBODY;
  #wanted = NOBODY;
  #failure: string | undefined;

  constructor(parts: ApiClientsParts) {
    this.#p = parts;
  }

  /** From now on there are so many; what is not said stays as it was. Returns when they are there. */
  async be(some: Partial<Clients>): Promise<void> {
    this.#wanted = { ...this.#wanted, ...some };
    const wanted = this.#wanted;
    this.#worker ??= await this.#start();
    this.#post({ be: wanted });
    await waitFor(() => this.#failure !== undefined || this.#there === wanted, {
      what: 'the clients to be there',
      timeoutSeconds: START_SECONDS,
      signal: this.#p.signal,
      everySeconds: 0.02,
    });
    if (this.#failure !== undefined) throw new Error(this.#failure);
  }

  /** All of them go. */
  leave(): Promise<void> {
    return this.be(NOBODY);
  }

  async #start(): Promise<Worker> {
    const { profile, admin, base, runId, atEnd } = this.#p;
    await ensureNamespace(admin, NAMESPACE, runId);
    const { server, headers, tls } = await createIdentity(admin, base, IDENTITY, runId);
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const workerData: ClientsConfig = {
      // They ask for compressed lists, as client-go and browsers do; that is work for the server, and less to read here.
      target: { server, headers: { 'user-agent': 'falldown/clients', 'accept-encoding': 'gzip', ...headers }, tls },
      everySeconds: profile.workloads.clients.everySeconds,
      namespace: NAMESPACE,
      pod: JSON.stringify(probePod(profile, 'good', runId)),
    };
    const worker = new Worker(new URL(`./clients/worker.${extension}`, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    atEnd('API clients', () => this.#stop(worker));
    worker.on('message', (message: FromClients) => this.#hear(message));
    worker.on('error', (error) => this.#died(`the clients' thread failed: ${reasonOf(error)}`));
    worker.on('exit', () => this.#died("the clients' thread ended"));
    worker.unref();
    return worker;
  }

  #hear(message: FromClients): void {
    const { journal } = this.#p;
    if ('ready' in message) {
      this.#there = this.#wanted;
      journal.append({ type: 'clients', ...message.ready, asked: {} });
    } else if ('told' in message) journal.append({ type: 'clients', ...this.#there, ...message.told });
    else this.#failure = 'the clients were told to stop';
  }

  #died(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#p.journal.append({ type: 'clients', ...NOBODY, asked: {}, reason });
  }

  #post(message: ToClients): void {
    this.#worker?.postMessage(message);
  }

  async #stop(worker: Worker): Promise<void> {
    if (this.#failure !== undefined) return;
    worker.ref();
    worker.postMessage('stop' satisfies ToClients);
    await once(worker, 'exit', { signal: AbortSignal.timeout(STOP_MILLISECONDS) }).catch(() => worker.terminate());
  }
}
