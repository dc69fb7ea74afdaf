import { ApiClients } from '../load/api-clients.ts';
import type { Person } from '../people/person.ts';
import type { WorldParts } from './world.ts';

/** F2: who loads the API server, and what makes it slow, in the words that experiments are written in. */
export class ApiWords {
  /** Dashboards, watchers and controllers. */
  readonly clients: ApiClients;

  /** `anybody`: how the API server is reached. */
  constructor(parts: WorldParts, anybody: Person) {
    const { teardown } = parts;
    this.clients = new ApiClients({
      ...parts,
      base: anybody.credentials,
      atEnd: (what, undo) => teardown.push(what, undo),
    });
  }
}
