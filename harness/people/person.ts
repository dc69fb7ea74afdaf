import type { RequestMade } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { KubeApiError } from '../kube/errors.ts';

export type Attempt = { ok: boolean; code: number; message: string };

/** Somebody with an account: what they ask of the API server is written down, whatever the answer. */
export class Person {
  readonly name: string;
  readonly client: KubeClient;
  readonly credentials: Credentials;
  readonly #journal: Journal;

  constructor(name: string, credentials: Credentials, journal: Journal) {
    this.name = name;
    this.credentials = credentials;
    this.client = new KubeClient(credentials, { actor: name, connections: 2 });
    this.#journal = journal;
  }

  /** Tries something; a refusal is an answer, not an error. Anything but an answer of the API server is thrown. */
  async tries(
    intent: string,
    verb: string,
    object: string,
    action: (client: KubeClient) => Promise<unknown>,
  ): Promise<Attempt> {
    const started = performance.now();
    const entry = (code: number, reason: string, message: string): RequestMade => ({
      type: 'request',
      actor: this.name,
      intent,
      verb,
      object,
      code,
      reason,
      message,
      seconds: (performance.now() - started) / 1000,
    });
    try {
      await action(this.client);
      this.#journal.append(entry(200, 'OK', ''));
      return { ok: true, code: 200, message: '' };
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      this.#journal.append(entry(error.code, error.reason, error.detail));
      return { ok: false, code: error.code, message: error.detail };
    }
  }
}
